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
import { cases, difference, models } from "./golden.ts";
import type { Difference } from "./golden.ts";
import { writeExport, writeFolder } from "./synthetic-folder.ts";

const tolerance: Difference = { mean: 0.15, max: 3 };
const mutated = 3 * tolerance.mean;

let root: string;
let kernel: Kernel;
/** The id of SD-Turbo exported to ONNX. */
const exported = "sd-turbo-onnx";
/** A kernel whose text encoders see the tokens to come. */
let seeing: Kernel;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-pictures-"));
  for (const [name, model] of Object.entries(models)) await writeFolder(join(root, name), model);
  await writeExport(join(root, exported), models["sd-turbo"]!);
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
    models: [...Object.keys(models), exported].map((id) => ({ id, source: join(root, id) })),
    provides: [provide(graphRuntime, () => runtime)],
  });
}

/** The differences of a case's worst picture. */
async function deviate(
  name: string,
  change: Partial<ImageRequest> = {},
  by: Kernel = kernel,
): Promise<Difference> {
  const { model, request, pictures } = cases[name]!;
  const drawn = await by.run(image, model, { ...request, ...change });
  const found = await Promise.all(
    drawn.pictures.map((picture, i) => difference(picture, pictures[i]!)),
  );
  return {
    mean: Math.max(...found.map(({ mean }) => mean)),
    max: Math.max(...found.map(({ max }) => max)),
  };
}

test.each(Object.keys(cases))("%s is diffusers' picture", async (name) => {
  const { mean, max } = await deviate(name);
  expect(mean).toBeLessThanOrEqual(tolerance.mean);
  expect(max).toBeLessThanOrEqual(tolerance.max);
});

test("an ONNX export in Optimum's layout is the same picture", async () => {
  const { request, pictures } = cases["turbo-two-steps"]!;
  const drawn = await kernel.run(image, exported, request);
  const { mean, max } = await difference(drawn.pictures[0]!, pictures[0]!);
  expect(mean).toBeLessThanOrEqual(tolerance.mean);
  expect(max).toBeLessThanOrEqual(tolerance.max);
});

const { guidance = 0, seed = 0, prompt } = cases["plain"]!.request;
const mutations: Record<string, Partial<ImageRequest>> = {
  "another sampler": { sampler: "Euler" },
  "the next seed": { seed: seed + 1 },
  "a tenth more guidance": { guidance: 1.1 * guidance },
  "a tenth less guidance": { guidance: 0.9 * guidance },
  "a step more": { steps: 8 },
  "another prompt": { prompt: `${prompt} red` },
  "a layer less": { clipSkip: 1 },
};

test.each(Object.entries(mutations))("%s is another picture", async (_, change) => {
  expect((await deviate("plain", change)).mean).toBeGreaterThan(mutated);
});

test("a text encoder without its causal mask makes another picture", async () => {
  expect((await deviate("plain", {}, seeing)).mean).toBeGreaterThan(mutated);
});
