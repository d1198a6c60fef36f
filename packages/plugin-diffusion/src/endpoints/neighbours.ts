import type { BodySchema } from "@kindred/core";

type Result = Awaited<ReturnType<BodySchema["~standard"]["validate"]>>;
type Issue = NonNullable<Result["issues"]>[number];

const textOnly = "leave it out, this endpoint draws from text alone";

/** Advice for fields of other image servers. */
const advices: readonly (readonly [advice: string, fields: string])[] = [
  ["use num_inference_steps", "steps num_steps sampling_steps sample_steps inference_steps"],
  ["use guidance_scale", "cfg_scale cfg guidance scale guidance_strength"],
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
  ["use prompt_truncate", "truncate truncate_prompt"],
  [textOnly, "denoising_strength strength image images init_image init_images mask mask_image"],
  [textOnly, "control_image controlnet controlnet_conditioning_scale"],
];

/** Characters of a key that is looked up. */
const maxKey = 60;

/** Advices by the field's name, without case, "_" and "-". */
const neighbours: ReadonlyMap<string, string> = new Map(
  advices.flatMap(([advice, fields]) =>
    fields.split(" ").map((field) => [plain(field), advice] as const),
  ),
);

/**
 * The schema with an advice in its refusal of each unknown field that other image servers have, or that is one of `fields` in
 * another spelling.
 */
export function withAdvice<Body>(
  schema: BodySchema<Body>,
  fields: readonly string[],
): BodySchema<Body> {
  const ours = fields.map((field) => [plain(field), `use ${field}`] as const);
  const advice = new Map([...neighbours, ...ours]);
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

/** The issue; one about unknown fields is divided, since each has its own advice. */
function advised(issue: Issue, advice: ReadonlyMap<string, string>): readonly Issue[] {
  if (!("keys" in issue) || !Array.isArray(issue.keys)) return [issue];
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
