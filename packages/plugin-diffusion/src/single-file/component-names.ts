import type { StoredName } from "./names.ts";
import { namesOf } from "./names.ts";
import type { Tensors } from "./renamed-tensors.ts";
import { textLayout } from "./text-layouts.ts";
import { unetNames } from "./unet-names.ts";
import { vaeNames } from "./vae-names.ts";

/** The names of each component, by its folder in diffusers' layout. A component that a file lacks has none. */
export type ComponentNames = Readonly<
  Record<"unet" | "vae" | "text_encoder" | "text_encoder_2", ReadonlyMap<string, StoredName>>
>;

/** Tells which tensors of a file are which of diffusers'. */
export function componentNames(tensors: Tensors): ComponentNames {
  const stored = [...tensors.keys()];
  const texts = textLayout(tensors)?.encoders ?? [];
  return {
    unet: namesOf(stored, unetNames(tensors)),
    vae: namesOf(stored, vaeNames(tensors)),
    text_encoder: new Map(),
    text_encoder_2: new Map(),
    ...Object.fromEntries(texts.map(({ folder, table }) => [folder, namesOf(stored, table)])),
  };
}

/** Tensors that no graph needs. */
const superfluous: readonly RegExp[] = [
  // Running averages of weights. diffusers does not take them either.
  /^(model_ema|first_stage_model\.model_ema)\./,
  /^first_stage_model\.loss\./,
  // Constants of the training, and what marks its schedule.
  /^(alphas|sqrt|log|posterior)_/,
  /^(betas|logvar|lvlb_weights|scale_factor|global_step|cond_ids|denoiser\.sigmas|v_pred|ztsnr)$/,
  // Parts of text encoders that Stable Diffusion leaves out.
  /^(cond_stage_model|conditioner\.embedders\.\d)\.(model\.)?(logit_scale|text_projection|attn_mask)$/,
  /^(cond_stage_model|conditioner\.embedders\.0)\.model\.transformer\.resblocks\.23\./,
  /^(cond_stage_model|conditioner\.embedders\.0)\.transformer\.(text_projection\.weight|(text_model\.)?embeddings\.position_ids)$/,
];

/** The tensors of a file that belong to no component and are not known to be superfluous. */
export function unknownTensors(tensors: Tensors, names: ComponentNames): readonly string[] {
  const known = new Set(
    Object.values(names).flatMap((each) => Array.from(each.values(), ({ stored }) => stored)),
  );
  return [...tensors.keys()].filter(
    (name) => !known.has(name) && !superfluous.some((pattern) => pattern.test(name)),
  );
}
