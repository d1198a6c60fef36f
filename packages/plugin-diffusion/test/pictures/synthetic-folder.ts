import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSafetensors } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import type { SyntheticTensor } from "@kindred/core/testing";
import { autoencoderKlConfig } from "../../src/graphs/autoencoder-kl-config.ts";
import { autoencoderDecoder, autoencoderEncoder } from "../../src/graphs/autoencoder-kl.ts";
import { autoencoderTinyConfig } from "../../src/graphs/autoencoder-tiny-config.ts";
import { autoencoderTinyDecoder } from "../../src/graphs/autoencoder-tiny.ts";
import { clipTextConfig } from "../../src/graphs/clip-text-config.ts";
import { clipText } from "../../src/graphs/clip-text.ts";
import { controlNetConfig } from "../../src/graphs/control-net-config.ts";
import { controlNet } from "../../src/graphs/control-net.ts";
import { sd3TransformerConfig } from "../../src/graphs/sd3-transformer-config.ts";
import { sd3Transformer } from "../../src/graphs/sd3-transformer.ts";
import { t5EncoderConfig } from "../../src/graphs/t5-encoder-config.ts";
import { t5Encoder } from "../../src/graphs/t5-encoder.ts";
import { unetConfig } from "../../src/graphs/unet-config.ts";
import { unet } from "../../src/graphs/unet.ts";
import type { GoldenNet, GoldenModel } from "./golden.ts";

const clipTokenizer = fileURLToPath(new URL("../fixtures/tokenizer", import.meta.url));
const t5Tokenizer = fileURLToPath(new URL("../fixtures/t5-tokenizer", import.meta.url));

/** Builds the graphs of a component's weights. The first one is in its export. */
type Build = (weights: Weights) => readonly BuiltGraph[];

/** Writes a checkpoint with the reference's weights. A checkpoint of half precision has the files of a variant. */
export async function writeFolder(folder: string, model: GoldenModel): Promise<void> {
  await writeFiles(folder, model.files);
  const ending = model.dtype === "F16" ? "fp16.safetensors" : "safetensors";
  for (const [name, build] of Object.entries(graphsOf(model))) {
    const stem = name.startsWith("text_encoder") ? "model" : "diffusion_pytorch_model";
    await writeWeights(join(folder, name, `${stem}.${ending}`), model, build);
  }
}

/** Writes the same checkpoint as an export in Optimum's layout. Each graph has its weights in a file beside it. */
export async function writeExport(folder: string, model: GoldenModel): Promise<void> {
  const { "vae/config.json": vae, ...files } = model.files;
  await writeFiles(folder, { ...files, "vae_decoder/config.json": vae });
  const { vae: autoencoder, ...others } = graphsOf(model);
  const half = (at: number) => (weights: Weights) => [autoencoder!(weights)[at]!];
  const graphs = { ...others, vae_decoder: half(0), vae_encoder: half(1) };
  for (const [name, build] of Object.entries<Build>(graphs)) {
    const component = join(folder, name);
    await mkdir(component, { recursive: true });
    await writeWeights(join(component, "model.onnx_data"), model, build);
    const [graph] = build(await openSafetensors(component, "model.onnx_data"));
    await writeFile(join(component, "model.onnx"), graph!.model);
  }
}

/** Writes a ControlNet's folder with the reference's weights. */
export function writeControlNet(folder: string, net: GoldenNet): Promise<void> {
  return writeNet(folder, net, (weights) =>
    controlNet(controlNetConfig(net.config), weights, "controlnet"),
  );
}

/** Writes a TAESD's folder with the reference's weights, and some of its encoder's. */
export function writeTiny(folder: string, net: GoldenNet): Promise<void> {
  const encoder = ["0.weight", "0.bias", "1.conv.0.weight", "2.weight"];
  return writeNet(
    folder,
    net,
    (weights) => autoencoderTinyDecoder(autoencoderTinyConfig(net.config), weights),
    encoder.map((name) => ({ name: `encoder.layers.${name}`, shape: [64], dtype: net.dtype })),
  );
}

async function writeNet(
  folder: string,
  { config, dtype }: GoldenNet,
  build: (weights: Weights) => BuiltGraph,
  extra: readonly SyntheticTensor[] = [],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const file = join(folder, "diffusion_pytorch_model.safetensors");
  await synthesize({ file, dtype, build, extra });
}

async function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), JSON.stringify(content));
  }
  const folders = Object.keys(files).map((file) => file.split("/", 1)[0]!);
  const names = new Set(["tokenizer", ...folders]);
  for (const name of names) {
    if (!name.startsWith("tokenizer")) continue;
    const source = name === "tokenizer_3" ? t5Tokenizer : clipTokenizer;
    await cp(source, join(folder, name), { recursive: true, force: false });
  }
}

function writeWeights(
  file: string,
  { dtype, modern, files }: GoldenModel,
  build: Build,
): Promise<void> {
  // transformers names the weights of an encoder with a projection as it always has.
  const [, component = ""] = /(text_encoder\w*)/.exec(file) ?? [];
  const { architectures = [] } = files[`${component}/config.json`] ?? {};
  const inner = architectures.includes("CLIPTextModelWithProjection");
  const today = (name: string) =>
    name.endsWith("to_q.weight") || (inner && name.startsWith("text_model."));
  const ofThen = (name: string) => name.startsWith("text_model.");
  return synthesize({ file, dtype, build, has: modern ? today : ofThen });
}

/** The graphs of each component that the model has a config of. */
function graphsOf({ files }: GoldenModel): Readonly<Record<string, Build>> {
  const builds = Object.entries(builders).flatMap(([name, builder]) => {
    const config = files[`${name}/config.json`];
    return config === undefined ? [] : [[name, builder(config)] as const];
  });
  return Object.fromEntries(builds);
}

const text =
  (config: unknown): Build =>
  (weights) => [clipText(clipTextConfig(config), weights)];

const builders: Readonly<Record<string, (config: unknown) => Build>> = {
  text_encoder: text,
  text_encoder_2: text,
  text_encoder_3: (config) => (weights) => [t5Encoder(t5EncoderConfig(config), weights)],
  transformer: (config) => (weights) => [sd3Transformer(sd3TransformerConfig(config), weights)],
  unet: (config) => (weights) => [unet(unetConfig(config), weights)],
  vae(json) {
    const config = autoencoderKlConfig(json);
    return (weights) => [autoencoderDecoder(config, weights), autoencoderEncoder(config, weights)];
  },
};
