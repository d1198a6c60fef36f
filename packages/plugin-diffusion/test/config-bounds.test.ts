import { silent } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import { expect, test } from "vitest";
import { stableDiffusionArchitecture } from "../src/architectures/stable-diffusion.ts";
import { checkScheduler } from "../src/components/unserved-scheduler.ts";
import { autoencoderKlConfig } from "../src/graphs/autoencoder-kl-config.ts";
import { autoencoderTinyConfig } from "../src/graphs/autoencoder-tiny-config.ts";
import { clipTextConfig } from "../src/graphs/clip-text-config.ts";
import { unetConfig } from "../src/graphs/unet-config.ts";
import { readUNetFacts } from "../src/graphs/unet-facts.ts";
import { checkSchedule } from "../src/schedulers/check-schedule.ts";
import { createScheduler } from "../src/schedulers/create.ts";
import type { SchedulerConfig } from "../src/schedulers/config.ts";
import { denoisingSamplers } from "../src/schedulers/names.ts";
import { listing, stableDiffusion15 } from "./listings.ts";

const huge = 1_000_000_000;

type Read = (json: unknown) => unknown;

const counts: readonly (readonly [string, Read, readonly string[]])[] = [
  [
    "a UNet",
    unetConfig,
    [
      "in_channels",
      "out_channels",
      "sample_size",
      "layers_per_block",
      "attention_head_dim",
      "num_attention_heads",
      "transformer_layers_per_block",
      "cross_attention_dim",
      "norm_num_groups",
      "downsample_padding",
      "conv_in_kernel",
      "conv_out_kernel",
      "time_embedding_dim",
      "time_cond_proj_dim",
    ],
  ],
  [
    "an exported UNet",
    readUNetFacts,
    ["in_channels", "out_channels", "sample_size", "attention_head_dim", "time_cond_proj_dim"],
  ],
  [
    "an autoencoder",
    autoencoderKlConfig,
    ["in_channels", "out_channels", "latent_channels", "layers_per_block", "norm_num_groups"],
  ],
  [
    "a decoder of previews",
    autoencoderTinyConfig,
    ["in_channels", "out_channels", "latent_channels", "upsampling_scaling_factor"],
  ],
  [
    "a text encoder",
    clipTextConfig,
    [
      "vocab_size",
      "hidden_size",
      "intermediate_size",
      "num_hidden_layers",
      "num_attention_heads",
      "max_position_embeddings",
      "projection_dim",
    ],
  ],
];
const fields = counts.flatMap(([what, read, names]) =>
  names.map((field) => ({ what, read, field })),
);

test.each(fields)("$what of a billion $field is refused with the bound", ({ read, field }) => {
  expect(() => read({ [field]: huge })).toThrow(
    expect.objectContaining({
      code: "LOAD_FAILED",
      message: expect.stringMatching(new RegExp(`${field} is ${huge} \\(.*\\d`)),
    }),
  );
});

test.each<[string, Read]>([
  ["a UNet", unetConfig],
  ["an autoencoder", autoencoderKlConfig],
])("%s of thousands of levels is refused, and the message is short", (_, read) => {
  const block_out_channels = Array.from({ length: 50_000 }, () => -1);
  expect(() => read({ block_out_channels })).toThrow(
    /^.{0,300}expected array to have <=8 items\)\.$/s,
  );
});

test("heads and groups that do not divide the channels are refused by name", () => {
  const unet = (config: object) => () => unetConfig(config);
  expect(unet({ attention_head_dim: 7 })).toThrow(
    /attention_head_dim is 7 \(320 channels are no multiple of it\)/,
  );
  expect(unet({ num_attention_heads: 9 })).toThrow(/num_attention_heads is 9 \(320 channels/);
  expect(unet({ norm_num_groups: 7 })).toThrow(/norm_num_groups is 7 \(320 channels/);
  expect(() => autoencoderKlConfig({ norm_num_groups: 7 })).toThrow(/norm_num_groups is 7 \(64 ch/);
  expect(() => clipTextConfig({ num_attention_heads: 7 })).toThrow(/heads is 7 \(512 channels/);
});

test("heads of a level without attention may be any number", () => {
  const levels = {
    block_out_channels: [32, 64],
    down_block_types: ["DownBlock2D", "CrossAttnDownBlock2D"],
    up_block_types: ["CrossAttnUpBlock2D", "UpBlock2D"],
    attention_head_dim: [7, 8],
  };
  expect(unetConfig(levels).levels.map(({ heads }) => heads)).toEqual([7, 8]);
});

test.each<[string, object, object, RegExp]>([
  ["a text encoder of another width", {}, { hidden_size: 1024 }, /768 numbers.*gives 1024/],
  ["a UNet that gives other channels", { out_channels: 8 }, {}, /4 channels and gives 8/],
])("%s is told before any weights are fetched", (_, unet, text, message) => {
  const model = listing("sd", stableDiffusion15.files, {
    "unet/config.json": { cross_attention_dim: 768, ...unet },
    "text_encoder/config.json": { hidden_size: 768, ...text },
  });
  expect(stableDiffusionArchitecture.mismatch(model)).toMatch(message);
});

const request = { steps: 20, size: { channels: 4, width: 64, height: 64 } };

test.each(["PNDMScheduler", "EulerDiscreteScheduler", "LCMScheduler"])(
  "%s of a billion timesteps is refused before its tables are made",
  (_class_name) => {
    expect(() => createScheduler({ _class_name, num_train_timesteps: huge })).toThrow(
      /num_train_timesteps: 1000000000: .*10000/,
    );
  },
);

test.each<[object, RegExp]>([
  [{ trained_betas: [0.1, 0.2] }, /2 trained_betas for 1000/],
  [{ beta_start: -3 }, /beta at timestep 0; betas are from 0 to 1/],
  [{ beta_end: 40 }, /betas are from 0 to 1/],
])("betas of %j are refused", (settings, message) => {
  const config = { _class_name: "DDIMScheduler", ...settings };
  expect(() => createScheduler(config)).toThrow(message);
});

const context = { model: { id: "sd" }, get: () => silent } as unknown as LoadContext;

test("settings that no sampler takes are LOAD_FAILED, and those that another one takes are a warning", () => {
  const check = (config: SchedulerConfig): void =>
    checkScheduler(context, denoisingSamplers, (sampler) => createScheduler(config, sampler));
  expect(() => check({ _class_name: "DDIMScheduler", thresholding: true })).not.toThrow();
  expect(() => check({ _class_name: "FlowMatchHeunDiscreteScheduler" })).not.toThrow();
  const nobodys = { _class_name: "DDIMScheduler", prediction_type: "riddle" };
  expect(() => check(nobodys)).toThrow(
    expect.objectContaining({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/^No sampler takes .*prediction_type: "riddle"/),
    }),
  );
});

test("a schedule that the model's own defaults cannot have is LOAD_FAILED", () => {
  const check = (config: SchedulerConfig, steps = request.steps): void =>
    checkSchedule(() => createScheduler(config), { ...request, steps });
  expect(() => check({ _class_name: "DDIMScheduler" })).not.toThrow();
  expect(() => check({ _class_name: "DDIMScheduler", steps_offset: 5000 })).toThrow(
    /Timestep \d+ is past the 1000/,
  );
  expect(() => check({ _class_name: "DDIMScheduler" }, 5000)).toThrow(/takes 1 to 1000 steps/);
  const karras = { _class_name: "EulerDiscreteScheduler", use_karras_sigmas: true };
  expect(() => check({ ...karras, sigma_min: -5 })).toThrow(
    /schedule of 20 steps has at step 0 the timestep .*NaN/,
  );
});
