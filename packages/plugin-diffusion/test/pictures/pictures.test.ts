import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, graphRuntime, processRuntime, provide } from "@kindred/core";
import type { GraphRuntime, Kernel } from "@kindred/core";
import type { BuiltGraph } from "@kindred/core/onnx";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion, image } from "../../src/index.ts";
import type { ImageRequest } from "../../src/index.ts";
import { withoutCausalMask } from "../graphs/mutations.ts";
import { deviateBy, expectSame, mutated } from "./deviation.ts";
import { stableDiffusion } from "./golden.ts";
import { writeExport, writeFolder } from "./synthetic-folder.ts";

const { cases, difference, models } = stableDiffusion;

let root: string;
let kernel: Kernel;
/** Models exported to ONNX. */
const exports = ["sd-turbo", "lcm"];
/** A kernel whose text encoders see the tokens to come. */
let seeing: Kernel;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-pictures-"));
  for (const [name, model] of Object.entries(models)) await writeFolder(join(root, name), model);
  for (const name of exports) await writeExport(join(root, `${name}-onnx`), models[name]!);
  const runtime = processRuntime();
  kernel = await openKernel(runtime);
  seeing = await openKernel({
    ...runtime,
    open: (source, lease) =>
      runtime.open(
        source.name === "text_encoder" ? withoutCausalMask(source as BuiltGraph) : source,
        lease,
      ),
  });
});

afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await seeing?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

function openKernel(runtime: GraphRuntime): Promise<Kernel> {
  return createKernel({
    plugins: [diffusion()],
    models: [...Object.keys(models), ...exports.map((name) => `${name}-onnx`)].map((id) => ({
      id,
      source: join(root, id),
    })),
    provides: [provide(graphRuntime, () => runtime)],
  });
}

const deviate = deviateBy(() => kernel, stableDiffusion);

test.each(Object.keys(cases))("%s is diffusers' picture", async (name) => {
  expectSame(await deviate(name));
});

test.each(["turbo-two-steps", "lcm-guidance"])(
  "%s is the same picture by an ONNX export in Optimum's layout",
  async (name) => {
    const { model, request, pictures } = cases[name]!;
    const drawn = await kernel.run(image, `${model}-onnx`, request);
    expectSame(await difference(drawn.pictures[0]!, pictures[0]!));
  },
);

const { guidance = 0, seed, prompt } = cases["plain"]!.request;
const mutations: Record<string, Partial<ImageRequest>> = {
  "another sampler": { sampler: "Euler" },
  "the next seed": { seed: Number(seed) + 1 },
  "a tenth more guidance": { guidance: 1.1 * guidance },
  "a tenth less guidance": { guidance: 0.9 * guidance },
  "a step more": { steps: 8 },
  "another prompt": { prompt: `${prompt} red` },
  "a layer less": { clipSkip: 1 },
};

test.each(Object.entries(mutations))("%s is another picture", async (_, change) => {
  expect((await deviate("plain", change)).mean).toBeGreaterThan(mutated);
});

test.each([
  ["lcm", 3],
  ["lcm-guidance", 5],
  ["lcm-unguided", 5],
])(
  "%s is another picture at the scale of guidance %i, which its UNet takes",
  async (name, guidance) => {
    const [same, other] = [await deviate(name), await deviate(name, { guidance })];
    expect(same.mean).toBeLessThan(0.005);
    expect(other.mean).toBeGreaterThan(0.1);
  },
);

test.each(["named-euler", "named-dpm", "named-heun", "named-lcm"])(
  "%s is another picture by the class of scheduler_config.json",
  async (name) => {
    const { _class_name: own } = models[name]!.files["scheduler/scheduler_config.json"];
    expect((await deviate(name, { sampler: own })).mean).toBeGreaterThan(mutated);
  },
);

test("a prompt in windows is another picture than the same prompt cut", async () => {
  expect((await deviate("truncated", { promptTruncate: false })).mean).toBeGreaterThan(mutated);
});

test("a text encoder without its causal mask makes another picture", async () => {
  expect((await deviateBy(() => seeing, stableDiffusion)("plain")).mean).toBeGreaterThan(mutated);
});
