import * as z from "zod";
import { controlNameFault, guidanceField, intervalField, sizeField, stepsField } from "./fields.ts";
import { precisionField } from "./precision.ts";
import type { PrecisionOption } from "./precision.ts";

/**
 * Components that a launch leaves out, by their folders: they are neither read nor counted. Default: none. An architecture
 * says which it can do without.
 */
export type LeftOut = {
  readonly [Name in ComponentName]?: null | undefined;
};

export type ComponentName =
  | "text_encoder"
  | "text_encoder_2"
  | "text_encoder_3"
  | "transformer"
  | "unet"
  | "vae";

/** The options of a launch: `kindred serve --option sd.steps=25`. */
export interface DiffusionOptions extends LeftOut {
  /**
   * The variant of each component's weights, such as "fp16". Default: the plain files, or "fp16" where there are none.
   */
  readonly variant?: string | undefined;
  /**
   * The prediction that the denoiser was trained for. Default: what `scheduler_config.json` says, or for a single file its
   * header or its weights.
   */
  readonly prediction_type?: "epsilon" | "v_prediction" | undefined;
  /**
   * ControlNets that requests may use, by the names that requests have for them: { canny: "models/sd-controlnet-canny" }. A
   * name alone, or a list of names, is of published ones. Default: none.
   */
  readonly controlnet?:
    | Readonly<Record<string, string>>
    | string
    | readonly string[]
    | null
    | undefined;
  /**
   * The path of a TAESD that decodes previews: a folder of diffusers' `AutoencoderTiny`, made for the same latents. The finished picture
   * is the autoencoder's in any case. Default: previews are the autoencoder's, or for large pictures a projection of the latent.
   */
  readonly vae_preview?: string | undefined;
  /**
   * How the text encoders and the denoiser compute: one of "float32", "weight-int8", "int8", "weight-int4" and "auto" for all, or by component:
   * { unet: "int8" }. "auto" is as exactly as each of them fits the device by itself. Default "float32".
   */
  readonly precision?: PrecisionOption | undefined;
  /**
   * Whether pictures are decoded in tiles: true has all of them that are larger than a tile decoded so, false none. Default: those
   * that the device cannot hold as a whole.
   */
  readonly vae_tiling?: boolean | undefined;
  /**
   * Draws with DeepCache (arXiv 2312.00858): only some steps run the whole UNet. Default false. The names are Xinference's.
   */
  readonly deepcache?: boolean | undefined;
  /** Steps from one that runs the whole UNet to the next, where a request does not say. Default 3. */
  readonly deepcache_cache_interval?: number | undefined;
  /** The skip of the UNet, by its number from the finest, down to which the steps between run. Default 0. */
  readonly deepcache_cache_branch_id?: number | undefined;
  /** Values of fields that a request omits. Default: the checkpoint's. */
  readonly steps?: number | undefined;
  readonly guidance?: number | undefined;
  /** The size of pictures whose request names none, as "512x768". Default: the size that the denoiser was trained at. */
  readonly size?: string | undefined;
  /** Cuts prompts beyond the text encoder's length, where a request does not say. Default false. */
  readonly prompt_truncate?: boolean | undefined;
  /** Draws as many pixels as the denoiser was trained at, and resizes to the size asked for. Default false. */
  readonly enlarge?: boolean | undefined;
  /**
   * The path of the upscaler that enlarges pictures whose requests ask for it: a file of ESRGAN's network or an ONNX file, or the folder
   * of one. Default: such requests are refused.
   */
  readonly upscaler?: string | undefined;
  /**
   * The most pixels that a picture's side may have. Default: the server's, or four times the longest side of the sizes that
   * the model was trained at and launched with, and at least 2048. Never more than the server's.
   */
  readonly max_side?: number | undefined;
  /**
   * The most that pixels × steps × pictures of one request may be. Default: the server's, or 5,000 times the pixels of the
   * sizes that the model was trained at and launched with, of which 512x512 are the least. Never more than the server's.
   */
  readonly max_pixel_steps?: number | undefined;
  /** What the model is and what it can draw, for people to read in `GET /v1/models`. Default: nothing is said. */
  readonly about?: string | undefined;
  /** Prompts that the model draws well, for clients to offer. Default: none. */
  readonly examples?: readonly string[] | undefined;
}

/** Leaves a component out: "None" is Python's, as Xinference's client sends it. */
const nothing: z.ZodType<null> = z.union([z.null(), z.literal("None").transform(() => null)], {
  error: "must be null, which leaves the component out",
});
/** Characters, which every reply of `GET /v1/models` carries. */
const maxAbout = 1_000;
const maxExample = 300;
const maxExamples = 20;

const source = z
  .string()
  .max(4096)
  .refine((path) => path !== "", "must be a path");
const maxControlNets = 32;
const sourcesByName = z.record(z.string(), source).superRefine((sources, context) => {
  const names = Object.keys(sources);
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  if (names.length > maxControlNets)
    refuse(`has ${names.length} ControlNets, and at most ${maxControlNets} are taken`);
  for (const name of names) {
    const fault = controlNameFault(name);
    if (fault) refuse(`has a ControlNet called "${name}", which ${fault}`);
  }
});

const options = z.strictObject({
  text_encoder: nothing.optional(),
  text_encoder_2: nothing.optional(),
  text_encoder_3: nothing.optional(),
  transformer: nothing.optional(),
  unet: nothing.optional(),
  vae: nothing.optional(),
  variant: z.string().regex(/^\w+$/).optional(),
  controlnet: z
    .union([z.string(), z.array(source).max(maxControlNets), sourcesByName], {
      error: 'must be names of ControlNets with their folders, as in { canny: "models/canny" }',
    })
    .nullish(),
  vae_preview: source.optional(),
  precision: precisionField.optional(),
  vae_tiling: z.boolean().optional(),
  prediction_type: z.enum(["epsilon", "v_prediction"]).optional(),
  deepcache: z.boolean().optional(),
  deepcache_cache_interval: intervalField.optional(),
  deepcache_cache_branch_id: z.int().min(0).optional(),
  steps: stepsField.optional(),
  guidance: guidanceField.optional(),
  size: sizeField.optional(),
  prompt_truncate: z.boolean().optional(),
  enlarge: z.boolean().optional(),
  upscaler: source.optional(),
  max_side: z.number().positive().optional(),
  max_pixel_steps: z.number().positive().optional(),
  about: z.string().max(maxAbout).optional(),
  examples: z.array(z.string().min(1).max(maxExample)).max(maxExamples).optional(),
});

const ofDeepCache = ["deepcache_cache_interval", "deepcache_cache_branch_id"] as const;

export const launchOptions: z.ZodType<DiffusionOptions> = options.superRefine((given, context) => {
  const alone = ofDeepCache.find((name) => given[name] !== undefined && !given.deepcache);
  if (alone === undefined) return;
  const message = "needs deepcache: true. Give both, or leave it out";
  context.addIssue({ code: "custom", path: [alone], message });
});
