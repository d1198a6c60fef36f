import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSafetensors } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import type { FloatType } from "@kindred/core/testing";
import { expect, test } from "vitest";
import { clipTextConfig } from "../../src/graphs/clip-text-config.ts";
import { clipText } from "../../src/graphs/clip-text.ts";
import { asFolder, singleFileOf } from "../../src/single-file/as-folder.ts";
import { unknownTensors } from "../../src/single-file/component-names.ts";
import { measuredPrediction } from "../../src/single-file/prediction.ts";
import { renamedWeights } from "../../src/single-file/renamed-tensors.ts";
import { looseListing, models, weightsOf } from "./golden.ts";

type Shapes = Readonly<Record<string, readonly number[]>>;

const version1 = models["sd15"]!.shapes;
const version2 = models["sd21"]!.shapes;
const xl = models["xl"]!.shapes;

/** The tensors with another beginning of some names. */
function renamed(shapes: Shapes, from: RegExp, to: string): Shapes {
  const entries = Object.entries(shapes);
  return Object.fromEntries(entries.map(([name, shape]) => [name.replace(from, to), shape]));
}

function read(shapes: Shapes, metadata: Readonly<Record<string, string>> = {}) {
  const model = looseListing("x", { "x.safetensors": shapes });
  const header = { ...model.header!("x.safetensors")!, metadata };
  const folder = asFolder({ ...model, header: () => header });
  return { folder, file: singleFileOf(folder)! };
}

const schedule = "scheduler/scheduler_config.json";

test.each<[string, Shapes, object]>([
  ["version 1", version1, { _class_name: "PNDMScheduler", prediction_type: "epsilon" }],
  ["version 2", version2, { _class_name: "DDIMScheduler", prediction_type: "v_prediction" }],
  ["XL", xl, { _class_name: "EulerDiscreteScheduler", prediction_type: "epsilon" }],
  ["the marker v_pred", { ...version1, v_pred: [0] }, { prediction_type: "v_prediction" }],
  [
    "the markers v_pred and ztsnr",
    { ...version1, v_pred: [0], ztsnr: [0] },
    {
      _class_name: "DDIMScheduler",
      prediction_type: "v_prediction",
      rescale_betas_zero_snr: true,
      timestep_spacing: "trailing",
    },
  ],
  [
    "XL with the marker v_pred",
    { ...xl, v_pred: [0] },
    { prediction_type: "v_prediction", timestep_spacing: "leading" },
  ],
  [
    "XL with the markers v_pred and ztsnr",
    { ...xl, v_pred: [0], ztsnr: [0] },
    {
      _class_name: "EulerDiscreteScheduler",
      prediction_type: "v_prediction",
      rescale_betas_zero_snr: true,
      timestep_spacing: "trailing",
    },
  ],
])("a file of %s has its schedule", (_, shapes, wanted) => {
  const { folder, file } = read(shapes);
  expect(folder.json(schedule)).toMatchObject({ beta_end: 0.012, ...wanted });
  expect(unknownTensors(file.header.tensors, file.names)).toEqual([]);
});

test("a family says a file's schedule and its size apart from each other", () => {
  const model = looseListing("x", { "x.safetensors": xl });
  const own = { _class_name: "EulerDiscreteScheduler", timestep_spacing: "trailing" };
  const distilled = asFolder(model, { schedule: own });
  expect(distilled.json(schedule)).toEqual(own);
  expect(distilled.json("unet/config.json")).toMatchObject({ sample_size: 128 });
  const small = asFolder(model, { schedule: own, size: 512 });
  expect(small.json("unet/config.json")).toMatchObject({ sample_size: 64 });
});

test.each([
  [{ "modelspec.prediction_type": "v" }, "v_prediction", 96],
  [{ "modelspec.prediction_type": "epsilon" }, "epsilon", 64],
  [{ "modelspec.predict_key": "v" }, "v_prediction", 96],
  [{ "modelspec.predict_key": "epsilon" }, "epsilon", 64],
  [{ "modelspec.architecture": "stable-diffusion-v2-768-v" }, "v_prediction", 96],
])("the metadata %o say what a file predicts, and its size", (metadata, prediction, size) => {
  const { folder } = read(version2, metadata);
  expect(folder.json(schedule)).toMatchObject({ prediction_type: prediction });
  expect(folder.json("unet/config.json")).toMatchObject({ sample_size: size });
});

test.each<[string, Shapes, Shapes]>([
  ["names without text_model", renamed(version1, /\.text_model\./, "."), version1],
  ["an autoencoder called vae", renamed(version1, /^first_stage_model\./, "vae."), version1],
  [
    "the prefixes of Stability's later code",
    renamed(version2, /^cond_stage_model\.model\./, "conditioner.embedders.0.model."),
    version2,
  ],
  [
    "a text encoder without its 24th layer, as diffusers' own conversion writes it",
    Object.fromEntries(Object.entries(version2).filter(([name]) => !name.includes("blocks.23."))),
    version2,
  ],
  [
    "running averages and constants of the training",
    {
      ...version1,
      "model_ema.diffusion_modelinput_blocks00weight": [320, 4, 3, 3],
      "model_ema.num_updates": [],
      alphas_cumprod: [1000],
      sqrt_one_minus_alphas_cumprod: [1000],
      posterior_mean_coef1: [1000],
      logvar: [1000],
      scale_factor: [],
      "first_stage_model.loss.perceptual_loss.lin0.model.1.weight": [1, 64, 1, 1],
      "cond_stage_model.transformer.text_model.embeddings.position_ids": [1, 77],
      "cond_stage_model.logit_scale": [],
    },
    version1,
  ],
  [
    "an XL file's names without text_model, constants and buffers",
    {
      ...renamed(xl, /\.text_model\./, "."),
      "conditioner.embedders.0.transformer.embeddings.position_ids": [1, 77],
      "conditioner.embedders.0.transformer.text_projection.weight": [768, 768],
      "conditioner.embedders.0.logit_scale": [],
      "conditioner.embedders.1.model.attn_mask": [77, 77],
      "denoiser.sigmas": [1000],
      ztsnr: [0],
    },
    { ...xl, ztsnr: [0] },
  ],
])("a file with %s is the same model", (_, shapes, same) => {
  const { folder, file } = read(shapes);
  const usual = read(same);
  for (const component of ["unet", "vae", "text_encoder", "text_encoder_2"] as const) {
    expect([...file.names[component].keys()].toSorted()).toEqual(
      [...usual.file.names[component].keys()].toSorted(),
    );
    expect(folder.json(`${component}/config.json`)).toEqual(
      usual.folder.json(`${component}/config.json`),
    );
  }
  expect(unknownTensors(file.header.tensors, file.names)).toEqual([]);
  const text = clipTextConfig(folder.json("text_encoder/config.json"));
  const weights = renamedWeights(weightsOf(shapes), file.names.text_encoder);
  expect(clipText(text, weights).unused).toEqual([]);
});

test("tensors of no component are named", () => {
  const { file } = read({ ...version1, "model.diffusion_model.x.weight": [1], "y.bias": [1] });
  // The UNet's own graph names those of the UNet.
  expect(unknownTensors(file.header.tensors, file.names)).toEqual(["y.bias"]);
});

test("configs and a tokenizer beside the file win, and no other file is read", () => {
  const beside = ["notes.txt", "tokenizer/merges.txt", "tokenizer/vocab.json", "unet/config.json"];
  const model = {
    ...looseListing("x", { "x.safetensors": version1 }, beside),
    json: (file: string) => (file === "unet/config.json" ? { sample_size: 32 } : undefined),
  };
  const folder = asFolder(model);
  expect(folder.json("unet/config.json")).toEqual({ sample_size: 32 });
  expect(folder.json("vae/config.json")).toMatchObject({ latent_channels: 4 });
  expect(folder.files).toEqual([
    "tokenizer/merges.txt",
    "tokenizer/vocab.json",
    "unet/config.json",
    "x.safetensors",
  ]);
});

test.each<[FloatType, number, string]>([
  ["F32", 1, "epsilon"],
  ["F16", 1, "epsilon"],
  ["BF16", 1, "epsilon"],
  ["F32", 0, "v_prediction"],
  ["F16", 0, "v_prediction"],
  ["BF16", 0, "v_prediction"],
])("biases of %s tell what version 2 predicts", async (dtype, rank, wanted) => {
  const root = await mkdtemp(join(tmpdir(), "kindred-prediction-"));
  const name = "up_blocks.3.attentions.2.transformer_blocks.0.norm1.bias";
  // One dim is filled as a bias, within ±0.02; [n, 1] as a matrix, within ±1.7.
  const shape = rank === 1 ? [320] : [320, 1];
  const extra = [{ name, shape, dtype }];
  await synthesize({ file: join(root, "x.safetensors"), build: () => undefined, extra });
  expect(await measuredPrediction(await openSafetensors(root, "x.safetensors"))).toBe(wanted);
  await rm(root, { recursive: true });
});
