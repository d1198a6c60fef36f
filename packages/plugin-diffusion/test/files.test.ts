import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createKernel, openModelFolder } from "@kindred/core";
import { expect, test } from "vitest";
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

test("an export beside safetensors is not read", () => {
  const exported = ["unet/model.onnx", "unet/model.onnx_data", "vae_decoder/model.onnx"];
  const files = [...sdTurboListing.files, ...exported, "vae_decoder/config.json"];
  expect(sd15.files!({ ...sdTurboListing, files }, {})).toEqual(chosen(""));
});

test("PyTorch's pickles beside an export are not read", () => {
  const pickles = ["unet/diffusion_pytorch_model.bin", "unet/weights.pb"];
  const files = [...optimumExport.files, ...pickles];
  const read = sd15.files!({ ...optimumExport, files }, {});
  expect(read).toContain("unet/weights.pb");
  expect(read).not.toContain("unet/diffusion_pytorch_model.bin");
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
  const halves = (file: string) => file.includes("vae/") && file.endsWith(".fp16.safetensors");
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
  await writeFile(join(whole, "unet", "diffusion_pytorch_model.bin"), "a pickle");
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
