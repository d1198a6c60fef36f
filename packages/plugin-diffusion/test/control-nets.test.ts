import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, graphRuntime, processRuntime, provide } from "@kindred/core";
import { CountingRuntime } from "@kindred/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion, image } from "../src/index.ts";
import { readPictures } from "./pictures/golden.ts";
import { shard } from "./pictures/shard.ts";
import { writeControlNet, writeExport, writeFolder } from "./pictures/synthetic-folder.ts";

const golden = readPictures("control-pictures");
const { nets, models } = golden;
const sd3 = readPictures("pictures-3").models["sd3"]!;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-control-nets-"));
  for (const [name, net] of Object.entries(nets)) await writeControlNet(join(root, name), net);
  for (const name of ["sd15", "xl"]) await writeFolder(join(root, name), models[name]!);
  await writeFolder(join(root, "sd3"), sd3);
  await writeExport(join(root, "sd15-onnx"), models["sd15"]!);
});
afterAll(() => rm(root, { recursive: true }));

/** Launches a base model with ControlNets. */
function launched(
  base: string,
  controlnet: unknown,
  runtime = new CountingRuntime(processRuntime()),
) {
  return createKernel({
    plugins: [diffusion()],
    provides: [provide(graphRuntime, () => runtime)],
    models: [{ id: "sd", source: join(root, base), options: { controlnet } }],
  });
}

async function reason(base: string, controlnet: unknown): Promise<string | undefined> {
  await using kernel = await launched(base, controlnet);
  return kernel.models()[0]!.reason;
}

/** A ControlNet's folder with another config. */
async function changed(name: string, config: object): Promise<string> {
  const folder = join(root, name);
  await cp(join(root, "lines"), folder, { recursive: true });
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  return folder;
}

test("a ControlNet that does not go with its base model is refused by what differs", async () => {
  expect(await reason("xl", { lines: join(root, "lines") })).toMatch(
    /^ControlNet "lines" \(.*lines\): It takes texts of a width of 48, while the base model has 88\. It was made for another base model/,
  );
  const wide = { ...nets["lines"]!.config, block_out_channels: [32, 64, 96, 128] };
  expect(await reason("sd15", { wide: await changed("wide", wide) })).toMatch(
    /levels of channels 32, 64, 96, 128, while the base model has 32, 64, 96, 96/,
  );
});

test("one whose latents or pictures have other measures is refused at the load", async () => {
  const config = nets["lines"]!.config;
  const taking = await changed("taking", { ...config, in_channels: 9 });
  expect(await reason("sd15", { taking })).toMatch(/conv_in\.weight|latents of channels 9/);
  const halving = { ...config, conditioning_embedding_out_channels: [16, 32, 64] };
  expect(await reason("sd15", { halving: await changed("halving", halving) })).toMatch(
    /pixels a side for a latent's 4, while the base model has 8/,
  );
});

test("what is no ControlNet is refused by what it is", async () => {
  const nowhere = join(root, "nowhere");
  expect(await reason("sd15", { canny: nowhere })).toContain("There is no folder");
  expect(await reason("sd15", { canny: join(root, "sd15") })).toMatch(
    /^ControlNet "canny" \(.*\): It has no config\.json, and is no file of a ControlNet/,
  );
  const union = { ...nets["lines"]!.config, _class_name: "ControlNetUnionModel" };
  expect(await reason("sd15", { all: await changed("union", union) })).toContain(
    "Its config.json names ControlNetUnionModel, and not ControlNetModel.",
  );
  const embedded = { ...nets["lines"]!.config, class_embed_type: "timestep" };
  expect(await reason("sd15", { all: await changed("embedded", embedded) })).toMatch(
    /^ControlNet "all" \(.*\): The config of the ControlNet .*class_embed_type is "timestep"/,
  );
});

test("a published one's name says how it is fetched", async () => {
  expect(await reason("sd15", "mlsd")).toMatch(
    /^ControlNet "mlsd" \(mlsd\): It is published as lllyasviel\/sd-controlnet-mlsd\. .*\n  hf download lllyasviel\/sd-controlnet-mlsd --revision 456fc1af4dc8f7d5fa6c949c5040d3828a24e3ad --include "config\.json" .* --local-dir models\/sd-controlnet-mlsd$/,
  );
  expect(await reason("xl", ["zoe-depth"])).toContain("diffusers/controlnet-zoe-depth-sdxl-1.0");
});

test("a path comes before a published name, and a broken link is the ControlNet's own", async () => {
  await using kernel = await launched("sd15", { lines: join(root, "lines") });
  expect(kernel.models()[0]).toMatchObject({ state: "ready" });
  const broken = await changed("broken", nets["lines"]!.config);
  await rm(join(broken, "diffusion_pytorch_model.safetensors"));
  await symlink("../gone", join(broken, "diffusion_pytorch_model.safetensors"));
  expect(await reason("sd15", { broken })).toMatch(
    /^ControlNet "broken" \(.*\): "broken" has no diffusion_pytorch_model\.safetensors.* is a link to what is not there/,
  );
});

test("names that no request could have, and two of one name, are refused", async () => {
  const odd = join(root, "my net (1)");
  await cp(join(root, "lines"), odd, { recursive: true });
  expect(await reason("sd15", [odd])).toMatch(/would be called "my net \(1\)": must be a name of/);
  const again = join(root, "again/lines");
  await cp(join(root, "lines"), again, { recursive: true });
  expect(await reason("sd15", [join(root, "lines"), again])).toContain("another one is called so");
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`n${i}`, "x"]));
  expect(await reason("sd15", many)).toContain("has 33 ControlNets, and at most 32 are taken");
});

test("a folder of several files of ControlNets is refused by their names", async () => {
  const several = join(root, "several");
  await mkdir(several);
  for (const name of ["a", "b"])
    await cp(
      join(root, "lines/diffusion_pytorch_model.safetensors"),
      join(several, `${name}.safetensors`),
    );
  expect(await reason("sd15", { several })).toContain("a.safetensors, b.safetensors");
});

test("models that take no ControlNets say so", async () => {
  expect(await reason("sd3", { lines: join(root, "lines") })).toContain(
    "no ControlNets of Stable Diffusion 3 are served",
  );
  expect(await reason("sd15-onnx", { lines: join(root, "lines") })).toContain(
    "its UNet is an ONNX export",
  );
});

test.each([[null], [undefined], [{}], [[]]])("a launch with %j has none", async (controlnet) => {
  await using kernel = await launched("sd15", controlnet);
  expect(kernel.models()[0]).toMatchObject({ state: "ready" });
  expect(kernel.models()[0]!.info).not.toHaveProperty("controlnet");
});

test.each([[3], [{ "../x": "a" }], [{ canny: "" }], [{ __proto__x: 3 }]])(
  "the option %j is refused",
  async (controlnet) => {
    expect(await reason("sd15", controlnet)).toMatch(/controlnet/);
  },
);

test("a path alone is called after its folder, and shards are read", async () => {
  const sharded = join(root, "sharded");
  await cp(join(root, "lines"), sharded, { recursive: true });
  await shard(sharded, "diffusion_pytorch_model");
  await using kernel = await launched("sd15", [sharded, join(root, "pose")]);
  expect(kernel.models()[0]!.info).toMatchObject({ controlnet: ["sharded", "pose"] });
  const control = [{ image: await golden.pixels("edges.png"), name: "sharded" }];
  const { pictures } = await kernel.run(image, "sd", { prompt: "a sun", control, steps: 1 });
  expect(pictures).toHaveLength(1);
});

test("ControlNets are swapped without opening the base model anew", async () => {
  const runtime = new CountingRuntime(processRuntime());
  const folders = { lines: join(root, "lines"), pose: join(root, "pose") };
  await using kernel = await launched("sd15", folders, runtime);
  const picture = await golden.pixels("edges.png");
  for (const name of ["lines", "pose", undefined, "lines"]) {
    const control = name === undefined ? undefined : [{ image: picture, name }];
    await kernel.run(image, "sd", { prompt: "a sun", width: 64, height: 64, control, steps: 2 });
  }
  const opened = runtime.sources.map(({ name }) => name);
  expect(opened.toSorted()).toEqual([
    "controlnet_lines",
    "controlnet_pose",
    "text_encoder",
    "unet",
    "vae_decoder",
  ]);
});
