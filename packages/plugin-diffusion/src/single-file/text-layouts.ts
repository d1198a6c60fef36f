import type { NameTable } from "./names.ts";
import type { Tensors } from "./renamed-tensors.ts";
import { clipNames, openClipGNames, openClipHNames } from "./text-names.ts";

/** The text encoders of a version of Stable Diffusion, as its files hold them. */
export interface TextLayout {
  readonly version: 1 | 2 | "XL";
  readonly encoders: readonly StoredEncoder[];
}

interface StoredEncoder {
  /** Its folder in diffusers' layout. */
  readonly folder: "text_encoder" | "text_encoder_2";
  readonly name: string;
  readonly table: NameTable;
  /** Names without the prefix. A file that has one of them has the encoder. */
  readonly marks: readonly string[];
}

const clipMarks = ["", "text_model."].map((inner) => `${inner}embeddings.token_embedding.weight`);
const openClipMarks = ["token_embedding.weight"];

function clip(prefix: string): StoredEncoder {
  const table = clipNames(prefix);
  return { folder: "text_encoder", name: "CLIP ViT-L", table, marks: clipMarks };
}

function openClipH(prefix: string): StoredEncoder {
  const table = openClipHNames(prefix);
  return { folder: "text_encoder", name: "OpenCLIP ViT-H", table, marks: openClipMarks };
}

function openClipG(prefix: string): StoredEncoder {
  const table = openClipGNames(prefix);
  return { folder: "text_encoder_2", name: "OpenCLIP ViT-bigG", table, marks: openClipMarks };
}

const layouts: readonly TextLayout[] = [
  { version: 1, encoders: [clip("cond_stage_model.transformer.")] },
  {
    version: "XL",
    encoders: [
      clip("conditioner.embedders.0.transformer."),
      openClipG("conditioner.embedders.1.model."),
    ],
  },
  { version: 2, encoders: [openClipH("cond_stage_model.model.")] },
  // Stability's later code, in which SD-Turbo was made.
  { version: 2, encoders: [openClipH("conditioner.embedders.0.model.")] },
];

/** The layout of a file's text encoders. undefined when it lacks one, or has none that is known. */
export function textLayout(tensors: Tensors): TextLayout | undefined {
  return layouts.find(({ encoders }) => encoders.every((each) => isIn(tensors, each)));
}

/** The text encoders that a file lacks, for messages. */
export function missingTexts(tensors: Tensors): readonly string[] {
  if (textLayout(tensors)) return [];
  const partial = layouts.find(({ encoders }) => encoders.some((each) => isIn(tensors, each)));
  if (!partial) return ["a text encoder"];
  return partial.encoders
    .filter((each) => !isIn(tensors, each))
    .map(({ name, table }) => `${name}, the text encoder under ${table.prefix}*`);
}

function isIn(tensors: Tensors, { table, marks }: StoredEncoder): boolean {
  return marks.some((mark) => tensors.has(`${table.prefix}${mark}`));
}
