import { KernelError } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import type { Architecture } from "./architecture.ts";

/** The class of a folder's pipeline. undefined when `model_index.json` does not say it. */
export function pipelineOf(model: ModelListing): string | undefined {
  return model.json("model_index.json")?._class_name;
}

/**
 * The architecture of a folder among those of a family. LOAD_FAILED says which pipeline the folder holds and which ones
 * the family serves.
 */
export function chooseArchitecture(
  architectures: readonly Architecture[],
  model: ModelListing,
  family: string,
): Architecture {
  const pipeline = pipelineOf(model);
  const candidates = architectures.filter((each) => each.pipelines.includes(pipeline ?? ""));
  const found = candidates.find((each) => each.mismatch(model) === undefined);
  if (found) return found;
  const served = architectures.map(({ name, pipelines }) => `${name} (${pipelines.join(", ")})`);
  const [mismatch] = candidates.map((each) => each.mismatch(model));
  throw new KernelError(
    "LOAD_FAILED",
    `"${model.names[0]}" ${described(pipeline, mismatch)}. Family "${family}" serves ${served.join(" and ")}. Launch a folder of that kind.`,
  );
}

function described(pipeline: string | undefined, mismatch: string | undefined): string {
  if (pipeline === undefined) return "does not say its pipeline in model_index.json";
  return `is a ${pipeline}${mismatch === undefined ? "" : `, but ${mismatch}`}`;
}
