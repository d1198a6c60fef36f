import type { NameTable, Row } from "./names.ts";
import type { Tensors } from "./renamed-tensors.ts";

/** OpenAI's CLIP, in the names of transformers. Some files leave out its "text_model". */
const clip: NameTable = {
  prefix: "cond_stage_model.transformer.",
  own: /^(text_model\.)?(embeddings\.(token|position)_embedding|encoder|final_layer_norm)\./,
  rows: [[/^(text_model\.)?/, "text_model."]],
};

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
const openClip = {
  own: /^(token_embedding\.|positional_embedding$|ln_final\.|transformer\.resblocks\.(?!23\.))/,
  rows: openClipRows,
};

/** The second prefix is that of Stability's later code, in which SD-Turbo was made. */
const openClipPrefixes = ["cond_stage_model.model.", "conditioner.embedders.0.model."];

/** The names of a text encoder, and whose they are. undefined when a file has none that is known. */
export function textNames(
  tensors: Tensors,
): { readonly encoder: "clip" | "open-clip"; readonly table: NameTable } | undefined {
  const tokens = /^cond_stage_model\.transformer\.(text_model\.)?embeddings\.token_embedding\./;
  if ([...tensors.keys()].some((name) => tokens.test(name))) {
    return { encoder: "clip", table: clip };
  }
  const prefix = openClipPrefixes.find((each) => tensors.has(`${each}token_embedding.weight`));
  return prefix === undefined
    ? undefined
    : { encoder: "open-clip", table: { prefix, ...openClip } };
}
