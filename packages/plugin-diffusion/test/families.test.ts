import { expect, test } from "vitest";
import { listing, sdTurboListing } from "./listings.ts";
import { lcm, sd15, sdTurbo, sdxl } from "./model-families.ts";
import { models } from "./pictures/golden.ts";

const trailing = models["sd-turbo"]!.files["scheduler/scheduler_config.json"];
const sd2 = { use_linear_projection: true, cross_attention_dim: 1024 };
const sd1 = { cross_attention_dim: 768 };

interface Configs {
  readonly schedule?: object;
  readonly unet?: object;
  readonly index?: object;
}

/** The claims of all families on a folder with these configs. */
function claims({ schedule = trailing, unet = sd2, index = {} }: Configs): readonly unknown[] {
  const model = listing("some-model", sdTurboListing.files, {
    "model_index.json": { _class_name: "StableDiffusionPipeline", ...index },
    "scheduler/scheduler_config.json": schedule,
    "unet/config.json": unet,
  });
  return [sd15, sdTurbo, lcm].map((family) => family.match(model));
}

const { prediction_type: _, ...silent } = trailing;

test.each<[string, Configs]>([
  ["the published schedule", {}],
  ["a schedule that leaves out its prediction, which is noise", { schedule: silent }],
  [
    "betas that are stated not to be rescaled",
    { schedule: { ...trailing, rescale_betas_zero_snr: false } },
  ],
  [
    "the class in model_index.json alone",
    {
      schedule: { ...trailing, _class_name: "PNDMScheduler" },
      index: { scheduler: ["diffusers", "EulerDiscreteScheduler"] },
    },
  ],
])("SD-Turbo is recognised by %s", (_name, configs) => {
  expect(claims(configs)).toEqual(["able", "own", false]);
});

const velocity = { ...trailing, prediction_type: "v_prediction" };

test.each<[string, Configs]>([
  ["zero terminal SNR", { schedule: { ...velocity, rescale_betas_zero_snr: true } }],
  ["predicted velocities", { schedule: velocity }],
  [
    "rescaled betas and predicted noise",
    { schedule: { ...trailing, rescale_betas_zero_snr: true } },
  ],
  ["a predicted image", { schedule: { ...trailing, prediction_type: "sample" } }],
  ["Stable Diffusion 1's UNet", { unet: sd1 }],
  ["leading spacing", { schedule: { ...trailing, timestep_spacing: "leading" } }],
  ["DDIM", { schedule: { ...trailing, _class_name: "DDIMScheduler" } }],
  ["another class in model_index.json", { index: { scheduler: ["diffusers", "DDIMScheduler"] } }],
])("a trailing model with %s is not SD-Turbo", (_name, configs) => {
  expect(claims(configs)).toEqual(["able", false, false]);
});

test("Stable Diffusion XL distilled to Euler's trailing steps is not SD-Turbo", () => {
  const model = listing("some-model", sdTurboListing.files, {
    "model_index.json": { _class_name: "StableDiffusionXLPipeline" },
    "scheduler/scheduler_config.json": trailing,
    "unet/config.json": { ...sd2, cross_attention_dim: 2048 },
  });
  expect([sdxl, sdTurbo].map((family) => family.match(model))).toEqual(["able", false]);
});

test.each(["StableDiffusionPipeline", "LatentConsistencyModelPipeline"])(
  "a %s whose UNet takes the scale of guidance is a Latent Consistency Model",
  (_class_name) => {
    const schedule = { _class_name: "LCMScheduler" };
    const unet = { ...sd1, time_cond_proj_dim: 256 };
    expect(claims({ schedule, unet, index: { _class_name } })).toEqual(["able", false, "own"]);
  },
);
