import { basename, join } from "node:path";
import { KernelError } from "@kindred/core";
import type { LaunchListing, ModelFolder } from "@kindred/core";
import { openWeights } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { singleFileOf } from "../single-file/as-folder.ts";
import { fileWeights } from "../single-file/file-weights.ts";
import { fileOf } from "./component.ts";
import type { Component } from "./component.ts";

/**
 * The files of a component's weights, by diffusers' rules: one .safetensors or .bin file, or an index and its shards. `variant`
 * goes first, then the plain files, then "fp16". Within one variant, and within those that no launch names, .safetensors win over .bin.
 * A single file holds those of all components. LOAD_FAILED names the files that were looked for.
 */
export function weightFiles(
  model: LaunchListing,
  component: Component,
  variant?: string,
): readonly string[] {
  const singleFile = singleFileOf(model);
  if (singleFile) return [singleFile.file];
  const file = weightsFile(model, component, variant);
  if (!file.endsWith(".json")) return [file];
  const { weight_map: map } = model.json(file) ?? {};
  // The values of a text would be its characters.
  const shards = typeof map === "object" ? Object.values<string>(map ?? {}) : [];
  return [file, ...new Set(shards.map((shard) => fileOf(component, shard)))];
}

/** Opens the weights that `weightFiles` chooses. LOAD_FAILED when they are missing or not sound. */
export async function componentWeights(
  model: ModelFolder,
  component: Component,
  variant?: string,
): Promise<Weights> {
  const singleFile = singleFileOf(model);
  if (singleFile) return fileWeights(model, singleFile, component.folder);
  const file = weightsFile(model, component, variant);
  return openWeights(join(model.path, component.folder), basename(file));
}

/** The file of all weights, or the index of its shards. */
function weightsFile(
  { files, id }: LaunchListing,
  component: Component,
  variant: string | undefined,
): string {
  const names = candidateNames(component.stem, variant);
  const candidates = names.map((name) => fileOf(component, name));
  const file = candidates.find((name) => files.includes(name));
  if (file) return file;
  const named = candidates.filter((name) => name.includes(".safetensors")).join(" or ");
  const message = `"${id}" has no ${named}, nor such files of PyTorch's (.bin). Fetch the whole repository.`;
  throw new KernelError("LOAD_FAILED", message);
}

/** A component without the variant is taken as it is, as diffusers does. */
function candidateNames(stem: Component["stem"], variant: string | undefined): readonly string[] {
  const others = ["", "fp16"].filter((each) => each !== variant);
  const groups = [variant === undefined ? [] : [variant], others];
  return groups.flatMap((variants) => [
    ...variants.flatMap((each) => fileNames(stem, "safetensors", each)),
    ...variants.flatMap((each) => fileNames(pytorchStem(stem), "bin", each)),
  ]);
}

/** transformers calls its own files after PyTorch, too. */
function pytorchStem(stem: Component["stem"]): string {
  return stem === "model" ? "pytorch_model" : stem;
}

function fileNames(stem: string, ending: string, variant: string): readonly string[] {
  const dotted = variant && `.${variant}`;
  return [`${stem}${dotted}.${ending}`, `${stem}.${ending}.index${dotted}.json`];
}
