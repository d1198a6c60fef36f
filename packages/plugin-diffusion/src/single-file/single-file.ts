import { isKernelError } from "@kindred/core";
import type { ModelListing, WeightsHeader } from "@kindred/core";
import { componentNames } from "./component-names.ts";
import type { ComponentNames } from "./component-names.ts";
import { contentsOf, kinds } from "./kinds.ts";
import { missingParts } from "./missing-parts.ts";
import { textLayout } from "./text-layouts.ts";
import type { TextLayout } from "./text-layouts.ts";
import type { FileVersion } from "./version.ts";
import { version1, version2 } from "./versions/original.ts";
import { versionXl } from "./versions/xl.ts";

/** A checkpoint of Stable Diffusion 1, 2 or XL in one file of the original layout. */
export interface SingleFile {
  /** Its name. It lies at the model's root. */
  readonly file: string;
  readonly header: WeightsHeader;
  readonly version: FileVersion;
  readonly names: ComponentNames;
}

/**
 * The checkpoint that a model is: the only one among the files at its root. undefined for a folder of diffusers' or
 * transformers', for one with several checkpoints or none, and where the source cannot read headers.
 */
export function singleFileIn(model: ModelListing): SingleFile | undefined {
  const [first, second] = checkpointsIn(model);
  return second === undefined ? first : undefined;
}

/** The checkpoints of Stable Diffusion at a model's root. */
export function checkpointsIn(model: ModelListing): readonly SingleFile[] {
  return looseFiles(model).flatMap((file) => {
    const header = headerOf(model, file);
    const read = header === undefined || header instanceof Error ? undefined : checkpoint(header);
    return read ? { file, ...read } : [];
  });
}

/** The files of weights at the root of a model that has no config there: .safetensors, and where there are none, PyTorch's. */
export function looseFiles({ files }: ModelListing): readonly string[] {
  if (files.some((file) => /^(model_index|config|adapter_config)\.json$/.test(file))) return [];
  const [safetensors, pytorch] = [/^[^/]+\.safetensors$/, /^[^/]+\.(ckpt|pt|pth|bin)$/i].map(
    (pattern) => files.filter((file) => pattern.test(file)),
  );
  return safetensors!.length > 0 ? safetensors! : pytorch!;
}

/** A file's header, or why it is not sound. undefined when the source cannot read it. */
export function headerOf(model: ModelListing, file: string): WeightsHeader | Error | undefined {
  try {
    return model.header?.(file);
  } catch (error) {
    if (isKernelError(error)) return error;
    throw error;
  }
}

const versions: Readonly<Record<TextLayout["version"], FileVersion>> = {
  1: version1,
  2: version2,
  XL: versionXl,
};

type Checkpoint = Omit<SingleFile, "file">;
/** A header is asked about several times in one launch. */
const known = new WeakMap<WeightsHeader, Checkpoint | "other">();

function checkpoint(header: WeightsHeader): Checkpoint | undefined {
  const found = known.get(header) ?? read(header) ?? "other";
  known.set(header, found);
  return found === "other" ? undefined : found;
}

function read(header: WeightsHeader): Checkpoint | undefined {
  const { tensors } = header;
  const contents = contentsOf(tensors);
  if (kinds.some((kind) => kind.is(contents)) || missingParts(contents)?.length !== 0)
    return undefined;
  const text = textLayout(tensors);
  return text && { header, version: versions[text.version], names: componentNames(tensors) };
}
