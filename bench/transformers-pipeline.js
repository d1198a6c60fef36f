import { basename, dirname } from "node:path";
import { env, pipeline } from "@huggingface/transformers";

/** Opens @huggingface/transformers' feature extraction over one of the folder's exports, as a function from texts to vectors. */
export async function openPipeline(folder, file) {
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  const extract = await pipeline("feature-extraction", basename(folder), {
    dtype: "fp32",
    model_file_name: file,
  });
  return async (texts) => {
    const { data, dims } = await extract(texts, { pooling: "cls", normalize: true });
    const [rows, width] = dims;
    return Array.from({ length: rows }, (_, i) => data.subarray(i * width, (i + 1) * width));
  };
}
