import { isKernelError } from "@kindred/core";
import type { ModelListing, SafetensorsHeader } from "@kindred/core";
import { componentNames } from "./component-names.ts";
import type { ComponentNames } from "./component-names.ts";
import { contentsOf, kinds } from "./kinds.ts";
import { missingParts } from "./missing-parts.ts";
import { textNames } from "./text-names.ts";

/** A checkpoint of Stable Diffusion 1 or 2 in one file of the original layout. */
export interface SingleFile {
  /** Its name. It lies at the model's root. */
  readonly file: string;
  readonly header: SafetensorsHeader;
  readonly version: 1 | 2;
  readonly names: ComponentNames;
}

/**
 * The checkpoint that a model is: the only one among the files at its root. undefined for a folder of diffusers' or transformers', for one
 * with several checkpoints or none, and where the source cannot read headers.
 */
export function singleFileIn(model: ModelListing): SingleFile | undefined {
  const [first, second] = checkpointsIn(model);
  if (first === undefined || second !== undefined) return undefined;
  const header = model.header!(first)!;
  return { file: first, header, ...read(header) };
}

/** The checkpoints of Stable Diffusion 1 or 2 at a model's root. */
export function checkpointsIn(model: ModelListing): readonly string[] {
  return looseFiles(model).filter((file) => {
    const header = headerOf(model, file);
    if (header === undefined || header instanceof Error) return false;
    const contents = contentsOf(header.tensors);
    return !kinds.some((kind) => kind.is(contents)) && missingParts(contents)?.length === 0;
  });
}

/** The .safetensors files at the root of a model that has no config there. */
export function looseFiles({ files }: ModelListing): readonly string[] {
  const hasConfig = files.some((file) => /^(model_index|config)\.json$/.test(file));
  return hasConfig ? [] : files.filter((file) => /^[^/]+\.safetensors$/.test(file));
}

/** A file's header, or why it is not sound. undefined when the source cannot read it. */
export function headerOf(model: ModelListing, file: string): SafetensorsHeader | Error | undefined {
  try {
    return model.header?.(file);
  } catch (error) {
    if (isKernelError(error)) return error;
    throw error;
  }
}

type Read = Pick<SingleFile, "version" | "names">;
const known = new WeakMap<SafetensorsHeader, Read>();

function read(header: SafetensorsHeader): Read {
  const { tensors } = header;
  const found = known.get(header) ?? {
    version: textNames(tensors)?.encoder === "open-clip" ? 2 : 1,
    names: componentNames(tensors),
  };
  known.set(header, found);
  return found;
}
