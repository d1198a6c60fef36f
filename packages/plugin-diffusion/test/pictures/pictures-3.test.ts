import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, graphRuntime, processRuntime, provide } from "@kindred/core";
import type { GraphSource, Kernel, Launch } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion, image } from "../../src/index.ts";
import type { ImageRequest } from "../../src/index.ts";
import { deviation, mutated, tolerance } from "./deviation.ts";
import { readPictures } from "./golden.ts";
import type { Difference } from "./golden.ts";
import { writeExport, writeFolder } from "./synthetic-folder.ts";

const golden = readPictures("pictures-3");
const { cases, models } = golden;

let root: string;
let kernel: Kernel;
/** Names of the graphs that were opened. */
const opened = new Set<string>();

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-pictures-3-"));
  for (const [name, model] of Object.entries(models)) await writeFolder(join(root, name), model);
  await writeExport(join(root, "sd3-onnx"), models["sd3"]!);
  const runtime = processRuntime();
  kernel = await createKernel({
    plugins: [diffusion()],
    models: [
      ...[...Object.keys(models), "sd3-onnx"].map((id) => ({ id, source: join(root, id) })),
      launched("nulled", { text_encoder_3: null }),
      launched("nulled-in-python", { text_encoder_3: "None" }),
      launched("nulled-clip", { text_encoder_2: null }),
    ],
    provides: [
      provide(graphRuntime, () => ({
        ...runtime,
        open(source: GraphSource, lease) {
          opened.add(source.name);
          return runtime.open(source, lease);
        },
      })),
    ],
  });
});

function launched(id: string, options: Readonly<Record<string, unknown>>): Launch {
  return { id, source: join(root, "sd3"), options };
}

afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

function deviate(
  name: string,
  change: Partial<ImageRequest> = {},
  model?: string,
): Promise<Difference> {
  return deviation(kernel, golden, { name, change, ...(model !== undefined && { model }) });
}

function expectSame({ mean, max }: Difference): void {
  expect(mean).toBeLessThanOrEqual(tolerance.mean);
  expect(max).toBeLessThanOrEqual(tolerance.max);
}

test.each(["nulled", "nulled-in-python"])(
  "%s, launched without T5, draws as the folder that has none, and opens no such graph",
  async (model) => {
    opened.clear();
    expectSame(await deviate("without-t5", {}, model));
    expect([...opened].toSorted()).toEqual([
      "text_encoder",
      "text_encoder_2",
      "transformer",
      "vae_decoder",
    ]);
    const info = kernel.models().find(({ id }) => id === model);
    expect(info?.graphs?.map(({ name }) => name)).not.toContain("text_encoder_3");
  },
);

test("a component that a model needs cannot be left out", () => {
  const { state, reason } = kernel.models().find(({ id }) => id === "nulled-clip")!;
  expect(state).toBe("failed");
  expect(reason).toMatch(/text_encoder_2: null \}, and needs it.*can do without text_encoder_3/);
});

test.each(Object.keys(cases))("%s is diffusers' picture", async (name) => {
  expectSame(await deviate(name));
});

test("an ONNX export in Optimum's layout draws the same picture", async () => {
  expectSame(await deviate("texts", {}, "sd3-onnx"));
});

const mutations: Record<string, Partial<ImageRequest>> = {
  "the texts of the CLIPs swapped": {
    prompt: cases["texts"]!.request.prompt2!,
    prompt2: cases["texts"]!.request.prompt,
  },
  "the first text for T5": { prompt3: undefined },
  "no negative text for T5 of its own": { negativePrompt3: undefined },
  "another length of T5's sequence": { maxSequenceLength: 30 },
};

test.each(Object.entries(mutations))("%s is another picture", async (_, change) => {
  expect((await deviate("texts", change)).mean).toBeGreaterThan(mutated);
});

test.each([
  ["sd3-dynamic", "plain"],
  ["sd35-large", "plain"],
  ["sd3-without-t5", "plain"],
])("%s draws another picture than %s", async (model, name) => {
  expect((await deviate(name, {}, model)).mean).toBeGreaterThan(mutated);
});

const { request } = cases["plain"]!;

test.each(["prompt3", "negativePrompt3"])("%s is refused where T5 is left out", async (param) => {
  for (const model of ["sd3-without-t5", "nulled"]) {
    const asked = kernel.run(image, model, { ...request, [param]: "a sun" });
    await expect(asked).rejects.toMatchObject({ code: "UNSUPPORTED", param });
  }
});

test.each<[string, Partial<ImageRequest>, object]>([
  ["sides that 16 does not divide", { width: 72 }, { code: "INVALID_INPUT", param: "width" }],
  [
    "more tokens than the table has positions",
    { height: 208 },
    { code: "INVALID_INPUT", param: "height" },
  ],
  ["a sampler that does not flow", { sampler: "Euler" }, { code: "UNSUPPORTED", param: "sampler" }],
  [
    "a text that T5's sequence does not hold",
    { maxSequenceLength: 5 },
    { code: "INVALID_INPUT", param: "prompt" },
  ],
  ["micro-conditioning", { crop: { top: 0, left: 0 } }, { code: "UNSUPPORTED", param: "crop" }],
])("%s are refused by name", async (_, change, refusal) => {
  await expect(kernel.run(image, "sd3", { ...request, ...change })).rejects.toMatchObject(refusal);
});
