import { KernelError } from "@kindred/core";
import type { ModelFolder, ModelListing } from "@kindred/core";

const safetensors = ["model.safetensors", "model.safetensors.index.json"];
const exports = ["onnx/model.onnx", "model.onnx"];

/** The file with a folder's weights, as transformers publishes them. */
export function weightsFile({ files }: ModelListing): string | undefined {
  return safetensors.find((name) => files.includes(name));
}

/** The file with a folder's graph, as Optimum exports it. */
export function exportFile({ files }: ModelListing): string | undefined {
  return exports.find((name) => files.includes(name));
}

/** Says what to do about a folder that has neither. */
export function noWeights({ id, files }: ModelFolder): KernelError {
  const pickle = files.find((name) => /^pytorch_model.*\.bin$/.test(name));
  const what = pickle
    ? `${pickle} is a pickle, which can run code when it is opened, so it is not. Save the model as safetensors: model.save_pretrained(folder) in transformers does.`
    : "There is no model.safetensors and no model.onnx. Add one.";
  return new KernelError("LOAD_FAILED", `"${id}" has no weights that can be read. ${what}`);
}
