import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, graphRuntime, processRuntime, provide } from "@kindred/core";
import type { GraphSource, Kernel, Launch, OpenGraph, Tensor } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion, image } from "../../src/index.ts";
import type { ImageRequest } from "../../src/index.ts";
import { deviateBy, expectSame, mutated } from "./deviation.ts";
import { readPictures } from "./golden.ts";
import type { GoldenModel } from "./golden.ts";
import { shard } from "./shard.ts";
import { writeExport, writeFolder } from "./synthetic-folder.ts";

const golden = readPictures("pictures-3");
const { cases, models } = golden;

let root: string;
let kernel: Kernel;
/** Names of the graphs that were opened. */
const opened = new Set<string>();

type Feeds = Parameters<OpenGraph["run"]>[0];
const asTheyAre = (feeds: Feeds): Feeds => feeds;
/** Makes inputs of a graph's run others. */
let alter = asTheyAre;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-pictures-3-"));
  for (const [name, model] of Object.entries(models)) await writeFolder(join(root, name), model);
  await writeExport(join(root, "sd3-onnx"), models["sd3"]!);
  await writeFolder(join(root, "sd3-sharded"), models["sd3"]!);
  await shard(join(root, "sd3-sharded/transformer"), "diffusion_pytorch_model");
  await shard(join(root, "sd3-sharded/text_encoder_3"), "model");
  await writeFolder(join(root, "sd3-unshifted"), unshifted(models["sd3"]!));
  const runtime = processRuntime();
  kernel = await createKernel({
    plugins: [diffusion()],
    models: [
      ...[...Object.keys(models), "sd3-onnx", "sd3-sharded", "sd3-unshifted"].map((id) => ({
        id,
        source: join(root, id),
      })),
      launched("nulled", { text_encoder_3: null }),
      launched("nulled-in-python", { text_encoder_3: "None" }),
      launched("nulled-clip", { text_encoder_2: null }),
    ],
    provides: [
      provide(graphRuntime, () => ({
        ...runtime,
        async open(source: GraphSource, lease) {
          opened.add(source.name);
          return altered(await runtime.open(source, lease));
        },
      })),
    ],
  });
});

/** The same graph. Its runs take what `alter` makes of their inputs. */
function altered(graph: OpenGraph): OpenGraph {
  return {
    closed: graph.closed,
    run: (feeds, outputs) => graph.run(alter(feeds), outputs),
    [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
  };
}

function zerosLike({ dims, data }: Tensor): Tensor {
  return { type: "float32", dims, data: new Float32Array(data.length) };
}

/** The same model without the shift of its schedule. */
function unshifted({ files, ...model }: GoldenModel): GoldenModel {
  const schedule = "scheduler/scheduler_config.json";
  return { ...model, files: { ...files, [schedule]: { ...files[schedule], shift: 1 } } };
}

function launched(id: string, options: Readonly<Record<string, unknown>>): Launch {
  return { id, source: join(root, "sd3"), options };
}

afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const deviate = deviateBy(() => kernel, golden);

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

test.each([
  ["an ONNX export in Optimum's layout", "sd3-onnx"],
  ["a folder whose transformer and T5 are in shards", "sd3-sharded"],
])("%s draws the same picture", async (_, model) => {
  expectSame(await deviate("texts", {}, model));
});

test("a transformer that is told no pooled text draws another picture", async () => {
  alter = ({ pooled_projections: pooled, ...feeds }) =>
    pooled ? { ...feeds, pooled_projections: zerosLike(pooled) } : feeds;
  try {
    expect((await deviate("plain")).mean).toBeGreaterThan(mutated);
  } finally {
    alter = asTheyAre;
  }
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
  ["sd3-unshifted", "plain"],
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
