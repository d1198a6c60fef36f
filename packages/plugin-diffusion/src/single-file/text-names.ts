import type { NameTable, Row } from "./names.ts";

/** OpenAI's CLIP, in the names of transformers. Some files leave out its "text_model". */
export function clipNames(prefix: string): NameTable {
  return {
    prefix,
    own: /^(text_model\.)?(embeddings\.(token|position)_embedding|encoder|final_layer_norm)\./,
    rows: [[/^(text_model\.)?/, "text_model."]],
  };
}

/**
 * OpenCLIP's ViT-H. Stable Diffusion 2 takes the states before the last of its 24 layers, so diffusers has 23. Files
 * that were made of diffusers' have no 24th.
 */
export function openClipHNames(prefix: string): NameTable {
  return {
    prefix,
    own: /^(token_embedding\.|positional_embedding$|ln_final\.|transformer\.resblocks\.(?!23\.))/,
    rows: openClipRows,
  };
}

/** OpenCLIP's ViT-bigG, whole. Its projection keeps its name: it is stored [input, output]. */
export function openClipGNames(prefix: string): NameTable {
  return {
    prefix,
    own: /^(token_embedding\.|positional_embedding$|ln_final\.|transformer\.resblocks\.|text_projection$)/,
    rows: openClipRows,
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
