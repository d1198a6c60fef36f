import type { NameTable, Row } from "./names.ts";
import type { Tensors } from "./renamed-tensors.ts";

/** The names of a file's text encoders, by their folders in diffusers' layout, and which version of Stable Diffusion has them. */
export interface TextNames {
  readonly version: 1 | 2 | "XL";
  readonly tables: {
    readonly text_encoder: NameTable;
    readonly text_encoder_2?: NameTable;
  };
}

/** OpenAI's CLIP, in the names of transformers. Some files leave out its "text_model". */
function clip(prefix: string): NameTable {
  return {
    prefix,
    own: /^(text_model\.)?(embeddings\.(token|position)_embedding|encoder|final_layer_norm)\./,
    rows: [[/^(text_model\.)?/, "text_model."]],
  };
}

const openClipRows: readonly Row[] = [
  [/^token_embedding\./, "text_model.embeddings.token_embedding."],
  [/^positional_embedding$/, "text_model.embeddings.position_embedding.weight"],
  [/^ln_final\./, "text_model.final_layer_norm."],
  [/^transformer\.resblocks\.(\d+)\./, "text_model.encoder.layers.$1."],
  [/\.ln_([12])\./, ".layer_norm$1."],
  [/\.attn\./, ".self_attn."],
  [/\.mlp\.c_fc\./, ".mlp.fc1."],
  [/\.mlp\.c_proj\./, ".mlp.fc2."],
];

/**
 * OpenCLIP's ViT-H. Stable Diffusion 2 takes the states before the last of its 24 layers, so diffusers has 23. Files
 * that were made of diffusers' have no 24th.
 */
const openClipH = {
  own: /^(token_embedding\.|positional_embedding$|ln_final\.|transformer\.resblocks\.(?!23\.))/,
  rows: openClipRows,
};

/** OpenCLIP's ViT-bigG, whole. */
const openClipG = {
  own: /^(token_embedding\.|positional_embedding$|ln_final\.|transformer\.resblocks\.|text_projection$)/,
  rows: openClipRows,
};

const first = "cond_stage_model.transformer.";
/** The second prefix is that of Stability's later code, in which SD-Turbo was made. */
const second = ["cond_stage_model.model.", "conditioner.embedders.0.model."];
const xl = ["conditioner.embedders.0.transformer.", "conditioner.embedders.1.model."] as const;

const clipTokens = "embeddings.token_embedding.weight";

/** The names of a file's text encoders. undefined when it has none that are known. */
export function textNames(tensors: Tensors): TextNames | undefined {
  const isClip = (prefix: string) =>
    ["", "text_model."].some((inner) => tensors.has(`${prefix}${inner}${clipTokens}`));
  const isOpenClip = (prefix: string) => tensors.has(`${prefix}token_embedding.weight`);
  if (isClip(first)) return { version: 1, tables: { text_encoder: clip(first) } };
  if (isClip(xl[0]) && isOpenClip(xl[1])) {
    const tables = { text_encoder: clip(xl[0]), text_encoder_2: { prefix: xl[1], ...openClipG } };
    return { version: "XL", tables };
  }
  const prefix = second.find(isOpenClip);
  if (prefix === undefined) return undefined;
  return { version: 2, tables: { text_encoder: { prefix, ...openClipH } } };
}
