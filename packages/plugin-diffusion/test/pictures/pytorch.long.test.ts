import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asPytorch, trained } from "../../../core/test/onnx/as-pytorch.ts";
import { diffusion, image } from "../../src/index.ts";
import type { ImageRequest } from "../../src/index.ts";
import { cases as fileCases, writeCase } from "../single-file/golden.ts";
import { cases, models } from "./golden.ts";
import { writeFolder } from "./synthetic-folder.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-pytorch-"));
});
afterAll(() => rm(root, { recursive: true }));

/** The pixels that a model draws. */
async function drawn(source: string, request: ImageRequest): Promise<Uint8Array> {
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "model", source }],
  });
  const { pictures } = await kernel.run(image, "model", request);
  const { rgb } = pictures[0]!;
  expect(new Set(rgb).size).toBeGreaterThan(10);
  return rgb;
}

/** A copy of a folder in diffusers' layout whose weights are in files of PyTorch's. */
async function converted(folder: string): Promise<string> {
  const copy = `${folder}-bin`;
  await cp(folder, copy, { recursive: true });
  for (const file of await readdir(copy, { recursive: true })) {
    if (!file.endsWith(".safetensors")) continue;
    const name = file.replace(/\/model\b/, "/pytorch_model").replace(/safetensors$/, "bin");
    await asPytorch(join(copy, file), join(copy, name));
    await rm(join(copy, file));
  }
  return copy;
}

test.each(["sd-turbo", "sd15-f16"])(
  "%s in files of PyTorch's draws what its .safetensors draw",
  async (model) => {
    const folder = join(root, model);
    await writeFolder(folder, models[model]!);
    const { request } = Object.values(cases).find((each) => each.model === model)!;
    const pixels = await drawn(folder, request);
    expect(await drawn(await converted(folder), request)).toEqual(pixels);
  },
);

test("a checkpoint of Stable Diffusion in one .ckpt draws what its .safetensors draws", async () => {
  const [file, checkpoint] = ["sd15.safetensors", "v1-5.ckpt"].map((name) => join(root, name));
  await writeCase(file!, "sd15");
  await asPytorch(file!, checkpoint!, { around: trained });
  const { request } = fileCases["sd15"]!;
  expect(await drawn(checkpoint!, request)).toEqual(await drawn(file!, request));
});
