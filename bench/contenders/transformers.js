import { openPipeline } from "../transformers-pipeline.js";

/** @huggingface/transformers as its model cards show it: the array in one call. */
export async function open(folder) {
  return { embed: await openPipeline(folder, "model") };
}
