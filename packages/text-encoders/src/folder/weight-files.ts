import { KernelError, shorten } from "@kindred/core";
import type { LaunchListing, ModelListing } from "@kindred/core";

const index = "model.safetensors.index.json";
const weights = ["model.safetensors", index];

/** The file that a folder's weights are opened by, as transformers publishes them: one .safetensors, or the index of shards. */
export function weightsFile({ files }: ModelListing): string | undefined {
  return weights.find((name) => files.includes(name));
}

/** A file of weights, and the shards that it names. LOAD_FAILED when one of them is missing. */
export function weightFiles(model: LaunchListing, file: string): readonly string[] {
  if (file !== index) return [file];
  const { weight_map: map } = model.json(index) ?? {};
  // The values of a text would be its characters.
  const shards = [...new Set<string>(typeof map === "object" ? Object.values(map ?? {}) : [])];
  const there = new Set(model.files);
  const missing = shards.find((shard) => !there.has(shard));
  if (missing === undefined) return [index, ...shards];
  const named = shorten(String(missing), 80);
  const message = `${index} of "${model.id}" names ${named}, which is missing. Fetch it again.`;
  throw new KernelError("LOAD_FAILED", message);
}

/** Says what to do about a folder that has neither weights nor an export. */
export function noWeights({ id, files }: LaunchListing): KernelError {
  const pickle = files.find((file) => /^pytorch_model.*\.bin$/.test(file));
  const what = pickle
    ? `${pickle} is a pickle. Pickles can run code when opened, so Kindred does not read them. Save the model as safetensors: model.save_pretrained(folder) in transformers does.`
    : "There is no model.safetensors and no model.onnx. Add one.";
  return new KernelError("LOAD_FAILED", `"${id}" has no weights that can be read. ${what}`);
}
