import { expect, test } from "vitest";
import { autoencoderKlConfig } from "../../src/graphs/autoencoder-kl-config.ts";
import { autoencoderDecoder, autoencoderEncoder } from "../../src/graphs/autoencoder-kl.ts";
import { clipTextConfig } from "../../src/graphs/clip-text-config.ts";
import { clipText } from "../../src/graphs/clip-text.ts";
import { unetConfig } from "../../src/graphs/unet-config.ts";
import { unet } from "../../src/graphs/unet.ts";
import { asFolder, singleFileOf } from "../../src/single-file/as-folder.ts";
import { unknownTensors } from "../../src/single-file/component-names.ts";
import { largestComponentBytes } from "../../src/single-file/file-weights.ts";
import { renamedTensors, renamedWeights } from "../../src/single-file/renamed-tensors.ts";
import type { SingleFile } from "../../src/single-file/single-file.ts";
import { looseListing, models, weightsOf } from "./golden.ts";

function read(model: string): { folder: ReturnType<typeof asFolder>; file: SingleFile } {
  const folder = asFolder(looseListing(model, { "model.safetensors": models[model]!.shapes }));
  return { folder, file: singleFileOf(folder)! };
}

/** diffusers stores this matrix turned round. An offset in the file cannot, so the graph reads it as it is. */
const turned = { "text_projection.weight": "text_projection" };

function nameHere(name: string): string {
  return name in turned ? turned[name as keyof typeof turned] : name;
}

test.each(Object.keys(models))("every tensor of %s has diffusers' name and shape", (model) => {
  const { names, header } = read(model).file;
  for (const [component, wanted] of Object.entries(models[model]!.names)) {
    const found = names[component as keyof typeof names];
    const byStored = Object.entries(wanted).flatMap(([stored, made]) =>
      made.map(([name]) => [nameHere(name), stored]),
    );
    expect(Array.from(found, ([name, { stored }]) => [name, stored]).toSorted()).toEqual(
      byStored.toSorted(),
    );
    const tensors = renamedTensors(header.tensors, found);
    for (const [name, shape] of Object.values(wanted).flat()) {
      const tensor = tensors.get(nameHere(name))!;
      // A linear of diffusers' is a convolution of 1×1 in the file.
      expect(tensor.shape.slice(0, shape.length)).toEqual(
        name in turned ? shape.toReversed() : shape,
      );
      expect(tensor.shape.slice(shape.length).every((dim) => dim === 1)).toBe(true);
    }
  }
  expect(unknownTensors(header.tensors, names)).toEqual([]);
});

test.each(Object.keys(models))("the configs of %s are the published ones", (model) => {
  const { unet: ofUnet, vae, scheduler, ...texts } = models[model]!.configs;
  const { json } = read(model).folder;
  const found = unetConfig(json("unet/config.json"));
  expect(graphFields(found)).toEqual(graphFields(unetConfig(ofUnet)));
  const foundVae = autoencoderKlConfig(json("vae/config.json"));
  expect(graphFields(foundVae)).toEqual(graphFields(autoencoderKlConfig(vae)));
  for (const [component, text] of Object.entries(texts))
    expect(clipTextConfig(json(`${component}/config.json`))).toEqual(clipTextConfig(text));
  const { _diffusers_version, trained_betas: _none, ...schedule } = scheduler;
  expect(json("scheduler/scheduler_config.json")).toEqual({
    prediction_type: "epsilon",
    ...schedule,
  });
});

/**
 * The fields that are on and that a graph reads. It reads what lists say of the levels in `levels` and `mid`; the size of pictures that
 * an autoencoder was trained with, nobody does.
 */
function graphFields(config: object): object {
  const skipped =
    /^(_|upcast_attention$|attention_head_dim$|layers_per_block$|transformer_layers_per_block$)/;
  const kept = Object.entries(config).filter(([field, value]) => value && !skipped.test(field));
  return Object.fromEntries(kept);
}

/** Parameters of the published UNets. */
const parameters: Readonly<Record<string, number>> = {
  sd15: 859_520_964,
  sd21: 865_910_724,
  xl: 2_567_463_684,
};

test.each(Object.keys(models))("graphs over %s find every weight and leave none", (model) => {
  const { folder, file } = read(model);
  const weights = weightsOf(models[model]!.shapes);
  const over = (component: keyof SingleFile["names"]) =>
    renamedWeights(weights, file.names[component]);
  const denoiser = unet(unetConfig(folder.json("unet/config.json")), over("unet"));
  const texts = (["text_encoder", "text_encoder_2"] as const)
    .filter((component) => file.names[component].size > 0)
    .map((component) =>
      clipText(clipTextConfig(folder.json(`${component}/config.json`)), over(component)),
    );
  const vae = autoencoderKlConfig(folder.json("vae/config.json"));
  const decoder = autoencoderDecoder(vae, over("vae"));
  const encoder = autoencoderEncoder(vae, over("vae"));
  expect([denoiser, ...texts].flatMap(({ unused }) => unused)).toEqual([]);
  expect(texts.length).toBe(Object.keys(models[model]!.names).length - 2);
  expect(decoder.unused.filter((name) => encoder.unused.includes(name))).toEqual([]);
  // The UNet is the largest.
  expect(largestComponentBytes(file)).toBe(4 * parameters[model]!);
  expect(denoiser.bytes).toBeGreaterThan(4 * parameters[model]!);
});

test("query, key and value of OpenCLIP are thirds of its projection", () => {
  const weights = weightsOf(models["sd21"]!.shapes);
  const { names } = read("sd21").file;
  const layer = "text_model.encoder.layers.3.self_attn";
  const stored = "cond_stage_model.model.transformer.resblocks.3.attn.in_proj";
  const text = renamedWeights(weights, names.text_encoder);
  const whole = weights.get(`${stored}_weight`)!;
  for (const [i, each] of ["q", "k", "v"].entries()) {
    expect(text.get(`${layer}.${each}_proj.weight`)).toEqual({
      ...whole,
      shape: [1024, 1024],
      offset: whole.offset + i * 4 * 1024 * 1024,
      length: 4 * 1024 * 1024,
    });
    expect(text.get(`${layer}.${each}_proj.bias`)).toMatchObject({
      shape: [1024],
      offset: weights.get(`${stored}_bias`)!.offset + i * 4 * 1024,
    });
  }
});
