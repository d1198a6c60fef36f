import { KernelError } from "@kindred/core";
import type { ModelFolder } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";

const files = ["model.safetensors", "model.safetensors.index.json"];

/** A folder's weights. LOAD_FAILED says what to do when they are in another format. */
export async function openWeights(model: ModelFolder): Promise<Weights> {
  const file = files.find((name) => model.files.includes(name));
  if (file) return openSafetensors(model.path, file);
  const pickled = model.files.find((name) => /^pytorch_model.*\.bin$/.test(name));
  const what = pickled
    ? `${pickled} is a pickle, which can run code and is not read. Save the model as safetensors: model.save_pretrained(folder) with transformers does.`
    : `It has no ${files.join(" or ")}. Add the weights.`;
  throw new KernelError("LOAD_FAILED", `"${model.id}": ${what}`);
}
