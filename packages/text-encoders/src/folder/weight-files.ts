import { KernelError, shorten } from "@kindred/core";
import type { LaunchListing, ModelListing } from "@kindred/core";

/** Names of transformers' files of weights, best first. */
const weights = [
  "model.safetensors",
  "model.safetensors.index.json",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
];

/** The file that a folder's weights are opened by, as transformers publishes them: one .safetensors or .bin, or the index of shards. */
export function weightsFile({ files }: ModelListing): string | undefined {
  return weights.find((name) => files.includes(name));
}

/** A file of weights, and the shards that it names. LOAD_FAILED when one of them is missing. */
export function weightFiles(model: LaunchListing, file: string): readonly string[] {
  if (!file.endsWith(".json")) return [file];
  const { weight_map: map } = model.json(file) ?? {};
  // The values of a text would be its characters.
  const shards = [...new Set<string>(typeof map === "object" ? Object.values(map ?? {}) : [])];
  const there = new Set(model.files);
  const missing = shards.find((shard) => !there.has(shard));
  if (missing === undefined) return [file, ...shards];
  const named = shorten(String(missing), 80);
  const message = `${file} of "${model.id}" names ${named}, which is missing. Fetch it again.`;
  throw new KernelError("LOAD_FAILED", message);
}

/** Says what to do about a folder that has neither weights nor an export. */
export function noWeights({ id }: LaunchListing): KernelError {
  const message = `"${id}" has no weights that can be read. There is no model.safetensors, no pytorch_model.bin and no model.onnx. Add one.`;
  return new KernelError("LOAD_FAILED", message);
}
