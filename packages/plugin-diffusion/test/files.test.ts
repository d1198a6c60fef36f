import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createKernel, openModelFolder } from "@kindred/core";
import { describe, expect, test } from "vitest";
import { diffusion } from "../src/index.ts";
import { sd15 } from "./model-families.ts";
import { listing, optimumExport, sdTurboListing, stableDiffusion15 } from "./listings.ts";
import { models } from "./pictures/golden.ts";
import { writeExport, writeFolder } from "./pictures/synthetic-folder.ts";

const shared = [
  "model_index.json",
  "scheduler/scheduler_config.json",
  "tokenizer/tokenizer_config.json",
  "tokenizer/special_tokens_map.json",
  "tokenizer/vocab.json",
  "tokenizer/merges.txt",
];

function chosen(dotted: string): readonly string[] {
  return [
    ...shared,
    "text_encoder/config.json",
    `text_encoder/model${dotted}.safetensors`,
    "unet/config.json",
    `unet/diffusion_pytorch_model${dotted}.safetensors`,
    "vae/config.json",
    `vae/diffusion_pytorch_model${dotted}.safetensors`,
  ];
}

test.each([
  ["Stable Diffusion 1.5", stableDiffusion15],
  ["SD-Turbo", sdTurboListing],
])("%s is read in one precision: the plain one, or the launch's variant", (_, model) => {
  expect(sd15.files!(model, {})).toEqual(chosen(""));
  expect(sd15.files!(model, { variant: "fp16" })).toEqual(chosen(".fp16"));
  expect(sd15.files!(model, { variant: "bf16" })).toEqual(chosen(""));
});

test("an export by Optimum is read with the encoder of pictures", () => {
  expect(sd15.files!(optimumExport, {})).toEqual([
    ...shared,
    "text_encoder/config.json",
    "text_encoder/model.onnx",
    "unet/config.json",
    "unet/model.onnx",
    "unet/model.onnx_data",
    "vae_decoder/config.json",
    "vae_decoder/model.onnx",
    "vae_encoder/model.onnx",
  ]);
});

test.each(["text_encoder", "unet", "vae_decoder"])(
  "an export whose %s has no config is refused with the way to export it",
  (part) => {
    const missing = `${part}/config.json`;
    const files = optimumExport.files.filter((file) => file !== missing);
    const json = (file: string) => (file === missing ? undefined : optimumExport.json(file));
    expect(() => sd15.files!({ ...optimumExport, files, json }, {})).toThrow(
      expect.objectContaining({
        code: "LOAD_FAILED",
        message: expect.stringMatching(`export without ${missing}, .* optimum-cli export onnx`),
      }),
    );
  },
);

test("an export beside weights is not read", () => {
  const exported = ["unet/model.onnx", "unet/model.onnx_data", "vae_decoder/model.onnx"];
  const files = [...sdTurboListing.files, ...exported, "vae_decoder/config.json"];
  expect(sd15.files!({ ...sdTurboListing, files }, {})).toEqual(chosen(""));
});

test("a component with weights of PyTorch beside its export is read from those", () => {
  const files = [...optimumExport.files, "unet/diffusion_pytorch_model.bin"];
  const read = sd15.files!({ ...optimumExport, files }, {});
  expect(read).toContain("unet/diffusion_pytorch_model.bin");
  expect(read).not.toContain("unet/model.onnx");
  expect(read).toContain("text_encoder/model.onnx");
});

test("the data of an export may have any of its endings", () => {
  const files = [...optimumExport.files, "unet/weights.pb", "unet/weights.bin"];
  const read = sd15.files!({ ...optimumExport, files }, {});
  expect(read).toEqual(expect.arrayContaining(["unet/weights.pb", "unet/weights.bin"]));
});

describe("files of PyTorch's", () => {
  const isWeights = (file: string) => /\.(safetensors|bin)$/.test(file);

  /** The weights that are read of a listing in which the UNet has these. */
  function readOf(unet: readonly string[], options: { variant?: string } = {}): readonly string[] {
    const others = stableDiffusion15.files.filter((file) => !/^unet\/.*model/.test(file));
    const files = [...others, ...unet.map((name) => `unet/diffusion_pytorch_model${name}`)];
    const read = sd15.files!({ ...stableDiffusion15, files }, options);
    return read.flatMap((file) =>
      file.startsWith("unet/") && isWeights(file)
        ? file.slice("unet/diffusion_pytorch_model".length)
        : [],
    );
  }

  test.each([
    [[".bin"], undefined, ".bin"],
    [[".bin", ".safetensors"], undefined, ".safetensors"],
    [[".bin", ".fp16.safetensors"], undefined, ".fp16.safetensors"],
    [[".bin", ".fp16.bin"], undefined, ".bin"],
    [[".fp16.bin"], undefined, ".fp16.bin"],
    [[".fp16.bin", ".safetensors"], "fp16", ".fp16.bin"],
    [[".fp16.bin", ".fp16.safetensors"], "fp16", ".fp16.safetensors"],
    [[".bin", ".fp16.safetensors"], "bf16", ".fp16.safetensors"],
  ])("of %j with the variant %s, %s is read", (unet, variant, file) => {
    expect(readOf(unet, variant === undefined ? {} : { variant })).toEqual([file]);
  });

  test("transformers' are called pytorch_model", () => {
    const files = stableDiffusion15.files.filter((file) => !file.endsWith(".safetensors"));
    expect(sd15.files!({ ...stableDiffusion15, files }, {}).filter(isWeights)).toEqual([
      "text_encoder/pytorch_model.bin",
      "unet/diffusion_pytorch_model.bin",
      "vae/diffusion_pytorch_model.bin",
    ]);
    const variant = sd15.files!({ ...stableDiffusion15, files }, { variant: "fp16" });
    expect(variant).toContain("text_encoder/pytorch_model.fp16.bin");
  });

  test("their shards are read with the index", () => {
    const bin = "text_encoder/pytorch_model.bin.index.json";
    const weight_map = { a: "part-1.bin", b: "part-2.bin" };
    const others = stableDiffusion15.files.filter((file) => !/^text_encoder\/.*model/.test(file));
    const model = listing(
      "sd",
      [...others, bin, "text_encoder/part-1.bin", "text_encoder/part-2.bin"],
      {
        "model_index.json": { _class_name: "StableDiffusionPipeline" },
        [bin]: { weight_map },
      },
    );
    expect(sd15.files!(model, {})).toEqual(
      expect.arrayContaining([bin, "text_encoder/part-1.bin", "text_encoder/part-2.bin"]),
    );
  });
});

const index = "unet/diffusion_pytorch_model.safetensors.index.json";
const shards = ["unet/part-1.safetensors", "unet/part-2.safetensors"];

test("the shards of an index are read with it, each once", () => {
  const plain = "unet/diffusion_pytorch_model.safetensors";
  const files = stableDiffusion15.files.filter((file) => file !== plain);
  const weight_map = { a: "part-1.safetensors", b: "part-2.safetensors", c: "part-1.safetensors" };
  const model = listing("sd", [...files, index, ...shards], {
    "model_index.json": { _class_name: "StableDiffusionPipeline" },
    [index]: { weight_map },
  });
  expect(sd15.files!(model, {})).toEqual(
    chosen("").flatMap((file) => (file === plain ? [index, ...shards] : [file])),
  );
});

test.each([
  "scheduler/scheduler_config.json",
  "unet/config.json",
  "vae/diffusion_pytorch_model.safetensors",
])("a listing without %s is refused before anything is fetched", (missing) => {
  const halves = (file: string) => /^vae\/.*(\.fp16\.safetensors|\.bin)$/.test(file);
  const files = stableDiffusion15.files.filter((file) => file !== missing && !halves(file));
  expect(() => sd15.files!({ ...stableDiffusion15, files, json: jsonOf(files) }, {})).toThrow(
    expect.objectContaining({
      code: "LOAD_FAILED",
      message: expect.stringContaining(`"sd" has no ${missing}`),
    }),
  );
});

function jsonOf(files: readonly string[]) {
  return (file: string) => (files.includes(file) ? stableDiffusion15.json(file) : undefined);
}

test.each([
  ["a checkpoint", (folder: string) => writeFolder(folder, models["sd15-f16"]!)],
  ["an export", (folder: string) => writeExport(folder, models["sd-turbo"]!)],
])("%s loads from the chosen files alone", async (_, write) => {
  const root = await mkdtemp(join(tmpdir(), "kindred-files-"));
  const [whole, part] = [join(root, "whole"), join(root, "part")];
  await mkdir(whole);
  await write(whole);
  await writeFile(join(whole, "unet", "optimizer.pt"), "other weights");
  for (const file of sd15.files!({ ...(await openModelFolder(whole)), id: "m" }, {})) {
    await mkdir(dirname(join(part, file)), { recursive: true });
    await cp(join(whole, file), join(part, file));
  }
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "model", source: part }],
  });
  expect(kernel.models()).toMatchObject([{ state: "ready" }]);
  await rm(root, { recursive: true });
});
