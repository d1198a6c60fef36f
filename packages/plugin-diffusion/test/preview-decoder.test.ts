import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, logger, provide, silent, tracing } from "@kindred/core";
import type { GraphEvent, Kernel } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion, image } from "../src/index.ts";
import type { ImageRequest, Picture } from "../src/index.ts";
import { expectSame, mutated } from "./pictures/deviation.ts";
import { readPictures } from "./pictures/golden.ts";
import { writeFolder, writeTiny } from "./pictures/synthetic-folder.ts";
import { drawWith, standInGraph, standInModel } from "./stand-in-model.ts";

const golden = readPictures("previews");
const { cases, models, nets } = golden;

let root: string;
let kernel: Kernel;
const warned: object[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-previews-"));
  for (const [name, model] of Object.entries(models)) await writeFolder(join(root, name), model);
  for (const [name, net] of Object.entries(nets)) await writeTiny(join(root, name), net);
  const unscaled = { ...nets["scaled"]!.config, scaling_factor: 1 };
  await writeTiny(join(root, "unscaled"), { ...nets["scaled"]!, config: unscaled });
  const unshifted = { ...nets["scaled"]!.config, shift_factor: 0 };
  await writeTiny(join(root, "unshifted"), { ...nets["scaled"]!, config: unshifted });
  kernel = await createKernel({
    plugins: [diffusion()],
    provides: [provide(logger, () => ({ ...silent, warn: (facts) => warned.push(facts) }))],
    models: [
      launch("sd15", "taesd"),
      launch("sd15"),
      ...["taesd3", "scaled", "unscaled", "unshifted"].map((decoder) => launch("sd3", decoder)),
    ],
  });
});
afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

function launch(model: string, decoder?: string) {
  const source = join(root, model);
  if (decoder === undefined) return { id: model, source };
  return { id: `${model}-${decoder}`, source, options: { vae_preview: join(root, decoder) } };
}

interface Drawn {
  readonly previews: readonly Picture[];
  readonly pictures: readonly Picture[];
}

/** Draws with a model's previews. */
async function drawn(model: string, request: ImageRequest): Promise<Drawn> {
  const previews: Picture[] = [];
  const onEvent = ({ preview }: { readonly preview?: Picture }) => {
    if (preview) previews.push(preview);
  };
  const { pictures } = await kernel.run(image, model, request, { onEvent });
  return { previews, pictures };
}

interface RecordedCase {
  readonly decoder: string;
  readonly request: ImageRequest;
}

function recorded(name: string): RecordedCase {
  const { decoder, ...request } = cases[name]!.request as ImageRequest & { decoder: string };
  return { decoder, request };
}

/** The differences of a case's previews from the recorded ones. */
async function deviate(name: string, decoder = recorded(name).decoder) {
  const { model, pictures } = cases[name]!;
  const { previews } = await drawn(`${model}-${decoder}`, recorded(name).request);
  expect(previews).toHaveLength(pictures.length);
  return Promise.all(previews.map((preview, i) => golden.difference(preview, pictures[i]!)));
}

test.each(Object.keys(cases))(
  "%s: previews are the pictures of diffusers' AutoencoderTiny",
  async (name) => {
    for (const difference of await deviate(name)) expectSame(difference);
  },
);

test.each([
  ["scaling_factor", "unscaled"],
  ["shift_factor", "unshifted"],
])("another %s is another preview", async (_, decoder) => {
  for (const { mean } of await deviate("sd3-scaled", decoder))
    expect(mean).toBeGreaterThan(mutated);
});

test("the finished picture is the autoencoder's, byte for byte, and previews alone differ", async () => {
  const { request } = recorded("sd15-euler");
  const [own, tiny] = [await drawn("sd15", request), await drawn("sd15-taesd", request)];
  expect(tiny.pictures).toEqual(own.pictures);
  expect(tiny.previews).toHaveLength(2);
  for (const [i, { rgb, ...size }] of tiny.previews.entries()) {
    const { rgb: decoded, ...decodedSize } = own.previews[i]!;
    expect(size).toEqual(decodedSize);
    expect(rgb).not.toEqual(decoded);
  }
});

test("the decoder is opened for the first preview, and is one of the model's graphs", async () => {
  await using alone = await createKernel({
    plugins: [diffusion()],
    models: [launch("sd15", "taesd")],
  });
  const isOpen = () => alone.models()[0]!.graphs!.find(({ name }) => name === "vae_preview")?.open;
  const asked = { prompt: "a sun", width: 64, height: 64, steps: 3 };
  await alone.run(image, "sd15-taesd", asked);
  expect(isOpen()).toBe(false);
  await alone.run(image, "sd15-taesd", { ...asked, previews: 1 });
  expect(isOpen()).toBe(true);
});

test("a large preview is one run of the decoder, and no projection is fitted", async () => {
  const ran: string[] = [];
  const start = (event: unknown) => ran.push((event as GraphEvent).graph);
  tracing.graphRun.start.subscribe(start);
  const size = { width: 512, height: 264 };
  const request = {
    prompt: "a sun",
    ...size,
    sampler: "Euler",
    steps: 3,
    guidance: 1,
    previews: 1,
  };
  const { previews } = await drawn("sd15-taesd", request);
  tracing.graphRun.start.unsubscribe(start);
  const ofLatents = ran.filter((graph) => graph !== "text_encoder");
  expect(ofLatents).toEqual(["unet", "unet", "vae_preview", "unet", "vae_decoder"]);
  expect(previews).toMatchObject([size]);
});

test("its encoder is left unused without a warning", () => {
  expect(warned.filter((facts) => "weights" in facts)).toEqual([]);
});

/** Why a launch of Stable Diffusion 1.5 with this option failed. */
async function reason(vae_preview: unknown, model = "sd15"): Promise<string | undefined> {
  await using failing = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "sd", source: join(root, model), options: { vae_preview } }],
  });
  return failing.models()[0]!.reason;
}

/** TAESD's folder with another config. */
async function changed(name: string, change: object): Promise<string> {
  const folder = join(root, name);
  await cp(join(root, "taesd"), folder, { recursive: true });
  const config = { ...nets["taesd"]!.config, ...change };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  return folder;
}

test("one for other latents is refused with both numbers of channels", async () => {
  expect(await reason(join(root, "taesd3"))).toMatch(
    /^The decoder of previews \(.*taesd3\): It decodes latents of 16 channels, while the model's have 4\. /,
  );
  expect(await reason(join(root, "taesd"), "sd3")).toMatch(/of 4 channels, .* have 16\. /);
});

test("what is no TAESD is refused by what it is", async () => {
  expect(await reason(join(root, "nowhere"))).toMatch(
    /^The decoder of previews \(.*nowhere\): There is no folder/,
  );
  expect(await reason(join(root, "sd15"))).toMatch(
    /^The decoder of previews \(.*\): It has no config\.json\. Name the folder of a TAESD/,
  );
  expect(await reason(join(root, "sd15/vae"))).toContain(
    "Its config.json names AutoencoderKL, and not AutoencoderTiny.",
  );
  expect(await reason(await changed("bilinear", { upsample_fn: "bilinear" }))).toMatch(
    /^The decoder of previews .*upsample_fn is "bilinear"/,
  );
  const bare = await changed("bare", {});
  await rm(join(bare, "diffusion_pytorch_model.safetensors"));
  expect(await reason(bare)).toMatch(/"bare" has no diffusion_pytorch_model\.safetensors/);
  const wide = { decoder_block_out_channels: [32, 32, 32, 32] };
  expect(await reason(await changed("narrow", wide))).toMatch(/decoder\.layers\.0\.weight/);
});

test.each([[3], [""], [null], [["a"]]])("the option %j is refused by name", async (option) => {
  expect(await reason(option)).toMatch(/vae_preview/);
});

test("a size whose previews the device cannot hold is refused, and drawn without them", async () => {
  const graph = { ...standInGraph("vae_preview"), bytes: () => 2e9 };
  const previewDecoder = {
    ...standInModel().autoencoder,
    decoding: () => ({ isTiled: false, runs: [{ graph, dims: {} }] }),
  };
  const model = standInModel({ previewDecoder });
  await expect(drawWith(model, { previews: 1 })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "width",
    message: expect.stringMatching(/80x80 pixels need 2 GB for "vae_preview"; cpu has 1 GB/),
  });
  expect((await drawWith(model)).pictures).toHaveLength(1);
});
