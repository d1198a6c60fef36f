import { basename, join } from "node:path";
import { KernelError } from "@kindred/core";
import type { LaunchListing, ModelFolder } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { singleFileOf } from "../single-file/as-folder.ts";
import { fileWeights } from "../single-file/file-weights.ts";
import type { Component } from "./component.ts";

/**
 * The files of a component's weights, by diffusers' rules: one .safetensors file, or an index and its shards. `variant`
 * goes first ("fp16"), then the plain files, then "fp16". A single file holds those of all components. LOAD_FAILED names the
 * files that were looked for.
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
  return [file, ...new Set(shards.map((shard) => `${component.folder}/${shard}`))];
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
  return openSafetensors(join(model.path, component.folder), basename(file));
}

/** The .safetensors file, or the index of its shards. */
function weightsFile(
  { files, id }: LaunchListing,
  { folder, stem }: Component,
  variant: string | undefined,
): string {
  const candidates = candidateNames(stem, variant).map((name) => `${folder}/${name}`);
  const file = candidates.find((name) => files.includes(name));
  if (file) return file;
  const pickle = files.find((name) => name.startsWith(`${folder}/`) && name.endsWith(".bin"));
  const advice = pickle
    ? `${pickle} is a pickle. Pickles can run code when opened, so Kindred does not read them. Fetch the .safetensors files.`
    : "Fetch the whole repository.";
  throw new KernelError("LOAD_FAILED", `"${id}" has no ${candidates.join(" or ")}. ${advice}`);
}

/** A component without the variant is taken as it is, as diffusers does. */
function candidateNames(stem: string, variant: string | undefined): readonly string[] {
  const variants = variant === undefined ? ["", "fp16"] : [variant, "", "fp16"];
  return [...new Set(variants)].flatMap((each) => {
    const dotted = each && `.${each}`;
    return [`${stem}${dotted}.safetensors`, `${stem}.safetensors.index${dotted}.json`];
  });
}
