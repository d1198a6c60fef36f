import type { BodySchema } from "@kindred/core";

type Result = Awaited<ReturnType<BodySchema["~standard"]["validate"]>>;
type Issue = NonNullable<Result["issues"]>[number];

const textOnly =
  "this endpoint draws from text alone: leave it out, or use POST /v1/images/edits, which draws over a picture";

type Advices = readonly (readonly [advice: string, fields: string])[];

/** Advice for fields of other image servers. */
const advices: Advices = [
  ["use num_inference_steps", "steps num_steps sampling_steps sample_steps inference_steps"],
  ["use guidance_scale", "cfg_scale cfg guidance guidance_strength"],
  ["use guidance_rescale", "rescale_cfg guidance_rescale_factor"],
  ['use size, as in "512x768"', "width height aspect_ratio image_size resolution"],
  ["use sampler_name", "sampler sampler_index sample_method scheduler scheduler_name"],
  ["use n", "batch_size n_iter num_images num_images_per_prompt num_outputs samples count"],
  ["use negative_prompt", "negative neg_prompt"],
  ["use prompt", "text input inputs prompts"],
  ["use seed", "seeds random_seed manual_seed noise_seed"],
  ["use clip_skip, which counts one less", "clip_stop_at_last_layers"],
  ["use output_format", "format image_format"],
  ["use model", "model_id model_name model_uid checkpoint sd_model_checkpoint"],
  [
    'use hires, as in {"scale": 2, "strength": 0.7}',
    "enable_hr hr_scale hr_resize_x hr_resize_y hires_fix highres_fix hires_scale hires_strength",
  ],
  ["use upscale, which is 2 or 4", "upscale_factor upscaling_resize"],
  ["use upscale or hires to enlarge, and guidance_scale for guidance", "scale"],
  ["use prompt_truncate", "truncate truncate_prompt"],
  [
    "use deepcache_interval, which is 1 without DeepCache",
    "deepcache deep_cache deep_cache_interval deepcache_cache_interval cache_interval",
  ],
  ["use control_image", "controlnet_image control_images conditioning_image"],
  ["use controlnet, a ControlNet's name", "controlnet_model control_net control_model"],
  [
    "use controlnet_conditioning_scale",
    "control_scale control_strength control_weight controlnet_scale conditioning_scale controlnet_strength",
  ],
  ["use control_guidance_start", "guidance_start control_start"],
  ["use control_guidance_end", "guidance_end control_end"],
  [
    'use control_preprocess, which may be "canny"',
    "preprocessor canny canny_preprocess control_module",
  ],
];

/** Those for fields of a picture, on an endpoint that takes none. */
const textAdvices: Advices = [
  [
    textOnly,
    "denoising_strength strength image images init_image init_images mask mask_image mask_blur padding_mask_crop padding_image_to_multiple",
  ],
];

/** The same on one that takes a picture, and on one that takes a mask too. */
const pictureAdvices: Advices = [
  ["use image", "images init_image init_images input_image source_image"],
  ["use strength", "denoising_strength image_strength prompt_strength"],
  [
    "leave it out, or use POST /v1/images/edits, which takes a mask",
    "mask mask_image mask_blur padding_mask_crop",
  ],
];
/** The same on the endpoint that enlarges. */
const enlargingAdvices: Advices = [
  [
    "use scale",
    "size upscale upscale_factor upscaling_resize upscaling_factor outscale factor width height",
  ],
  [
    "this endpoint enlarges a picture and draws nothing: leave it out, or use POST /v1/images/edits",
    "prompt negative_prompt seed num_inference_steps guidance_scale strength n mask",
  ],
];
const maskAdvices: readonly (readonly [field: string, advice: Advices[number]])[] = [
  ["mask", ["use mask, which repaints where it is transparent", "mask_image"]],
  ["mask_image", ["use mask_image, which repaints where it is white", "mask"]],
];

/** Characters of a key that is looked up. */
const maxKey = 60;

/** Advices by the field's name, without case, "_" and "-", on an endpoint of these fields. */
function advicesBeside(ours: readonly string[]): ReadonlyMap<string, string> {
  const masks = maskAdvices.flatMap(([field, advice]) => (ours.includes(field) ? [advice] : []));
  const all = [
    ...advices,
    ...(ours.includes("image") ? pictureAdvices : textAdvices),
    ...masks,
    ...(ours.includes("prompt") ? [] : enlargingAdvices),
    ...ours.map((field) => [`use ${field}`, field] as const),
  ];
  return new Map(
    all.flatMap(([advice, fields]) => fields.split(" ").map((field) => [plain(field), advice])),
  );
}

/**
 * The schema with an advice in its refusal of each unknown field that other image servers have, or that is one of `fields` in
 * another spelling.
 */
export function withAdvice<Body>(
  schema: BodySchema<Body>,
  fields: readonly string[],
): BodySchema<Body> {
  const advice = advicesBeside(fields);
  const { validate, ...standard } = schema["~standard"];
  return {
    "~standard": {
      ...standard,
      async validate(value) {
        const result = await validate(value);
        if (!result.issues) return result;
        return { issues: result.issues.flatMap((issue) => advised(issue, advice)) };
      },
    },
  };
}

/** The issue; one about unknown fields of the body is divided, since each has its own advice. */
function advised(issue: Issue, advice: ReadonlyMap<string, string>): readonly Issue[] {
  const isOfBody = (issue.path ?? []).length === 0;
  if (!isOfBody || !("keys" in issue) || !Array.isArray(issue.keys)) return [issue];
  const issues: Issue[] = [];
  const unknown: string[] = [];
  for (const key of issue.keys as readonly string[]) {
    const found = key.length > maxKey ? undefined : advice.get(plain(key));
    if (found === undefined) unknown.push(key);
    else issues.push({ path: [...(issue.path ?? []), key], message: refusal(key, found) });
  }
  if (unknown.length === 0) return issues;
  const rest: Issue & { keys: readonly string[] } = { ...issue, keys: unknown };
  return [...issues, rest];
}

function refusal(key: string, advice: string): string {
  return `Unrecognized key: ${JSON.stringify(key)}: ${advice}`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}
