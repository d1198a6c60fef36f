import { validated } from "@kindred/core";
import { expect, test } from "vitest";
import { generations as generationsWith } from "../src/endpoints/generations.ts";
import { uploadDefaults } from "../src/picture/upload-limits.ts";

const generations = generationsWith(uploadDefaults);

/** The refusal of a body with these fields beside its prompt. */
function refusal(fields: object): Promise<any> {
  const refused = validated(
    generations.body,
    { prompt: "a fox", ...fields },
    { code: "INVALID_INPUT" },
  );
  return refused.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const expected: readonly (readonly [ours: string, theirs: readonly string[]])[] = [
  ["num_inference_steps", ["steps", "num_steps", "sampling_steps", "numInferenceSteps"]],
  ["guidance_scale", ["cfg_scale", "cfg", "guidance", "cfgScale", "CFG_SCALE", "guidanceScale"]],
  ["size", ["width", "height", "aspect_ratio", "image_size"]],
  ["sampler_name", ["sampler", "sampler_index", "scheduler", "samplerName", "Sampler"]],
  ["n", ["batch_size", "n_iter", "num_images", "num_images_per_prompt", "num_outputs"]],
  ["negative_prompt", ["negativePrompt", "negative-prompt", "negative"]],
  ["seed", ["seeds", "random_seed"]],
  ["clip_skip", ["clipSkip", "CLIP_stop_at_last_layers"]],
  ["output_format", ["format", "outputFormat"]],
  ["model", ["model_uid", "sd_model_checkpoint"]],
  ["prompt_truncate", ["truncate", "promptTruncate"]],
  ["deepcache_interval", ["deepcache", "deepcache_cache_interval", "deepcacheInterval"]],
];
const cases = expected.flatMap(([ours, theirs]) => theirs.map((field) => [field, ours] as const));

test.each(cases)("%s is refused with %s named", async (field, ours) => {
  for (const fields of [{ [field]: 4 }, { kwargs: JSON.stringify({ [field]: 4 }) }]) {
    const error = await refusal(fields);
    expect(error).toMatchObject({ code: "INVALID_INPUT", param: field });
    expect(error.message).toMatch(
      new RegExp(`^${field}: Unrecognized key: "${field}": use ${ours}\\b.*\\.$`),
    );
  }
});

test.each(["denoising_strength", "strength", "init_images", "image", "mask"])(
  "%s is refused, since pictures are drawn from text alone",
  async (field) => {
    expect(await refusal({ [field]: 0.5 })).toMatchObject({
      param: field,
      message: expect.stringContaining("draws from text alone"),
    });
  },
);

test.each(["foo", "constructor", "__proto__", "toString", `s${"_".repeat(10_000)}teps`])(
  "the unknown field %.20s is refused without advice",
  async (field) => {
    const { message } = await refusal(JSON.parse(`{"${field}": 1}`));
    expect(message).toMatch(/Unrecognized key: "[^"]{1,60}"\.$/);
  },
);

test("several unknown fields are refused together, each with its advice", async () => {
  const { message } = await refusal({ steps: 4, foo: 1, cfg_scale: 7 });
  expect(message).toMatch(/use num_inference_steps; .*use guidance_scale; .*"foo"\.$/);
});

test("prompt under another name is told with the missing prompt", async () => {
  const { message } = await refusal({ prompt: undefined, text: "a fox" });
  expect(message).toContain('Unrecognized key: "text": use prompt');
});
