import type { ModelListing, WeightsHeader } from "@kindred/core";
import { componentNames } from "./component-names.ts";
import type { ComponentNames } from "./component-names.ts";
import { contentsOf, kinds } from "./kinds.ts";
import { looseWeights } from "./loose-files.ts";
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
  return looseWeights(model).flatMap(({ file, header }) => {
    const read = checkpoint(header);
    return read ? { file, ...read } : [];
  });
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
