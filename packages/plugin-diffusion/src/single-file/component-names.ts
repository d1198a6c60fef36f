import type { StoredName } from "./names.ts";
import { namesOf } from "./names.ts";
import type { Tensors } from "./renamed-tensors.ts";
import { textNames } from "./text-names.ts";
import { unetNames } from "./unet-names.ts";
import { vaeNames } from "./vae-names.ts";

/** The names of each component, by its folder in diffusers' layout. */
export type ComponentNames = Readonly<
  Record<"unet" | "vae" | "text_encoder", ReadonlyMap<string, StoredName>>
>;

/** Tells which tensors of a file are which of diffusers'. */
export function componentNames(tensors: Tensors): ComponentNames {
  const stored = [...tensors.keys()];
  const text = textNames(tensors);
  return {
    unet: namesOf(stored, unetNames(tensors)),
    vae: namesOf(stored, vaeNames(tensors)),
    text_encoder: text ? namesOf(stored, text.table) : new Map(),
  };
}

/**
 * Tensors that no graph needs: constants of the training's schedule, running averages of weights, which diffusers does not take
 * either, and what Stable Diffusion leaves out of its text encoder.
 */
const unneeded =
  /^(model_ema\.|first_stage_model\.(loss|model_ema)\.|model\.(betas|alphas|sqrt|log|posterior)|(sqrt_|log_|posterior_|alphas_|betas$|logvar$|lvlb_weights$|scale_factor$|cond_ids$|global_step$|v_pred$|ztsnr$|denoiser\.sigmas$)|(cond_stage_model|conditioner\.embedders\.0)\.(model\.)?(logit_scale|text_projection|attn_mask|transformer\.resblocks\.23\.|transformer\.(text_model\.)?embeddings\.position_ids|transformer\.text_projection))/;

/** The tensors of a file that belong to no component and are not known to be superfluous. */
export function unknownTensors(tensors: Tensors, names: ComponentNames): readonly string[] {
  const known = new Set(
    Object.values(names).flatMap((each) => Array.from(each.values(), ({ stored }) => stored)),
  );
  return [...tensors.keys()].filter((name) => !known.has(name) && !unneeded.test(name));
}
