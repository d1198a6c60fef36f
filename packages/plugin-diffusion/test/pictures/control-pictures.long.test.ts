import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion, image } from "../../src/index.ts";
import type { ControlPicture, ImageRequest } from "../../src/index.ts";
import { lanczos, resample } from "../../src/picture/resample.ts";
import { deviateBy, expectSame, mutated } from "./deviation.ts";
import { readPictures } from "./golden.ts";
import { writeControlNet, writeFolder } from "./synthetic-folder.ts";

const golden = readPictures("control-pictures");
const { cases, models, nets } = golden;
/** The ControlNets that each base model is launched with. */
const launched: Readonly<Record<string, readonly string[]>> = {
  sd15: ["lines", "pose", "shuffle"],
  "sd15-inpainting": ["lines"],
  xl: ["depth"],
};

let root: string;
let kernel: Kernel;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-control-"));
  for (const [name, model] of Object.entries(models)) await writeFolder(join(root, name), model);
  for (const [name, net] of Object.entries(nets)) await writeControlNet(join(root, name), net);
  kernel = await createKernel({
    plugins: [diffusion()],
    models: Object.entries(launched).map(([id, names]) => {
      const controlnet = Object.fromEntries(names.map((name) => [name, join(root, name)]));
      return { id, source: join(root, id), options: { controlnet } };
    }),
  });
});

afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const deviate = deviateBy(() => kernel, golden);

test.each(Object.keys(cases))("%s is diffusers' picture", async (name) => {
  expectSame(await deviate(name));
});

test.each<[string, string, (control: readonly ControlPicture[]) => Partial<ImageRequest>]>([
  ["no ControlNet", "one", () => ({ control: undefined, width: 64, height: 64 })],
  ["another scale", "one", ([one]) => ({ control: [{ ...one!, scale: 0.8 }] })],
  ["another ControlNet", "one", ([one]) => ({ control: [{ ...one!, name: "pose" }] })],
  ["a later start", "one-middle", ([one]) => ({ control: [{ ...one!, start: 0.4 }] })],
  ["an earlier end", "one-middle", ([one]) => ({ control: [{ ...one!, end: 0.4 }] })],
  ["guess mode", "one", () => ({ guessMode: true })],
  ["one of two", "two", ([one]) => ({ control: [one!] })],
  [
    "each other's pictures",
    "two",
    ([one, other]) => ({
      control: [
        { ...one!, image: other!.image },
        { ...other!, image: one!.image },
      ],
    }),
  ],
])("%s is another picture", async (_, name, change) => {
  const { control = [] } = await golden.request(name);
  expect((await deviate(name, change(control))).mean).toBeGreaterThan(mutated);
});

test("ControlNets are told, and a request names those that it follows", async () => {
  expect(kernel.models().find(({ id }) => id === "sd15")!.info).toMatchObject({
    controlnet: ["lines", "pose", "shuffle"],
  });
  const control = [{ image: await golden.pixels("edges.png"), name: "lines", end: 0.5 }];
  const { settings } = await kernel.run(image, "sd15", { prompt: "", control, steps: 1 });
  expect(settings).toMatchObject({
    width: 64,
    height: 64,
    controls: [{ name: "lines", scale: 1, start: 0, end: 0.5 }],
  });
});

test("a picture to follow is Xinference's control image, and with a strength the one that is drawn over", async () => {
  const picture = await golden.pixels("edges.png");
  const follow = [{ image: picture }];
  const request = { prompt: "a sun", steps: 2, seed: 3 };
  const draw = async (asked: Partial<ImageRequest>) =>
    (await kernel.run(image, "xl", { ...request, ...asked })).pictures[0]!.rgb;
  const followed = await draw({ follow });
  expect(followed).toEqual(await draw({ control: [{ image: picture }] }));
  const over = await draw({ follow, strength: 0.5 });
  expect(over).toEqual(await draw({ image: picture, strength: 0.5 }));
  expect(over).not.toEqual(followed);
});

test("ControlNets take part in both passes of a picture", async () => {
  const control = [{ image: await golden.pixels("edges.png"), name: "lines" }];
  const request = { prompt: "a sun", seed: 3, steps: 3, control };
  const draw = async (asked: Partial<ImageRequest>) =>
    (await kernel.run(image, "sd15", { ...request, ...asked })).pictures[0]!;
  const enlarged = await resample(await draw({}), { width: 128, height: 128 }, lanczos);
  const apart = await draw({ image: enlarged, strength: 0.6 });
  const together = await draw({ hires: { scale: 2, strength: 0.6 } });
  expect(together.rgb).toEqual(apart.rgb);
  const without = await draw({ image: enlarged, strength: 0.6, control: undefined });
  expect(without.rgb).not.toEqual(apart.rgb);
});
