import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import type { ModelInfo, Plugin } from "@kindred/core";
import { add, embedding as table, graph, openSafetensors } from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { asModelFamily, embedding, embeddingTask, pool } from "@kindred/plugin-embedding";
import type { Architecture, Pooling, PoolingMode } from "@kindred/plugin-embedding";
import { describe, expect, test } from "vitest";
import { fixture } from "./fixture.ts";
import type { FixtureOptions } from "./fixture.ts";
import { distance, texts } from "./golden.ts";

const input = [texts["short"]!, "hello", texts["emoji"]!];
const width = 48;

interface Toy {
  readonly g: GraphBuilder;
  readonly mask: Value;
  /** [batch, sequence, width] */
  readonly states: Value;
}

/** An encoder that looks its tokens up, and their types in a table if it knows types. */
function toy(weights: Weights, types?: "int64" | "int32"): Toy {
  const g = graph("toy", weights);
  const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
  const mask = g.input("attention_mask", "int64", ["batch", "sequence"]);
  const words = table(g.at("words"), ids, 3000, width);
  if (!types) return { g, mask, states: words };
  const type = g.input("token_type_ids", types, ["batch", "sequence"]);
  return { g, mask, states: add(g, words, table(g.at("types"), type, 2, width)) };
}

const states =
  (output: string, types?: "int64" | "int32") =>
  (weights: Weights): BuiltGraph => {
    const made = toy(weights, types);
    return made.g.output(output, made.states).build();
  };

const pooled =
  (output: string, pooling: Pooling) =>
  (weights: Weights): BuiltGraph => {
    const { g, mask, states } = toy(weights);
    return g.output(output, pool(g, states, mask, pooling)).build();
  };

type Files = NonNullable<FixtureOptions["json"]>;

function modules(modes: readonly PoolingMode[]): Files {
  return { "model.safetensors": null, "1_Pooling/config.json": { pooling_mode: modes } };
}

interface Answered {
  readonly info: ModelInfo;
  readonly vectors: readonly Float32Array[];
}

async function answered(path: string, plugin: Plugin): Promise<Answered> {
  await using kernel = await createKernel({
    plugins: [plugin],
    models: [{ id: "toy", source: path, family: plugin.families!.at(-1)!.name }],
  });
  const { vectors } = await kernel.run(embeddingTask, "toy", { input });
  return { info: kernel.models()[0]!, vectors };
}

/** The answer of a folder that has a graph in onnx/model.onnx. */
async function withExport(json: Files, build: (weights: Weights) => BuiltGraph): Promise<Answered> {
  await using folder = await fixture("bge-tiny", { json });
  const place = join(folder.path, "onnx");
  await mkdir(place);
  await synthesize({ file: join(place, "weights.data"), build });
  const { model } = build(await openSafetensors(place, "weights.data"));
  await writeFile(join(place, "model.onnx"), model);
  return await answered(folder.path, embedding());
}

/** The vectors of a folder that has a graph in onnx/model.onnx, and no weights in safetensors beside it. */
async function ofExport(
  modes: readonly PoolingMode[],
  build: (weights: Weights) => BuiltGraph,
): Promise<readonly Float32Array[]> {
  return (await withExport(modules(modes), build)).vectors;
}

/** An architecture that a package of its own brings. Its graph pools by itself. */
const toyArchitecture: Architecture = {
  name: "toy",
  matches: () => true,
  read: () => ({ dimensions: width, maxTokens: Infinity, vocabularySize: 3000 }),
  graph: (_, weights, pooling) => pooled("embedding", pooling)(weights),
};

/** The vectors of a folder with weights that the toy's architecture builds a graph over. */
async function ofBuilt(modes: readonly PoolingMode[]): Promise<readonly Float32Array[]> {
  await using folder = await fixture("bge-tiny", { json: modules(modes) });
  const build = (weights: Weights): Toy => toy(weights);
  await synthesize({ file: join(folder.path, "model.safetensors"), build });
  const family = asModelFamily({
    name: "toy",
    match: () => "own",
    architectures: [toyArchitecture],
    pooling: "mean",
    normalize: false,
  });
  const plugin: Plugin = { contract: 1, name: "toy", families: [family] };
  return (await answered(folder.path, plugin)).vectors;
}

function difference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return Math.max(...b.map((vector, i) => distance(a[i], vector)));
}

describe("an exported graph", () => {
  test.each<[PoolingMode[]]>([[["cls"]], [["mean"]], [["max"]], [["max", "cls"]]])(
    "has its token states pooled by %j as a graph of ours pools its own",
    async (modes) => {
      const found = await ofExport(modes, states("last_hidden_state"));
      expect(difference(found, await ofBuilt(modes))).toBeLessThan(1e-6);
    },
  );

  test("that pools by itself is not pooled again", async () => {
    const mean = pooled("sentence_embedding", { modes: ["mean"], normalize: false });
    expect(difference(await ofExport(["cls"], mean), await ofBuilt(["mean"]))).toBeLessThan(1e-6);
  });

  test("that asks for token types gets the first, in the integers it wants", async () => {
    const long = await ofExport(["mean"], states("token_embeddings", "int64"));
    const short = await ofExport(["mean"], states("token_embeddings", "int32"));
    expect(short).toEqual(long);
    expect(difference(long, await ofBuilt(["mean"]))).toBeGreaterThan(1e-4);
  });

  test("with other outputs is LOAD_FAILED and named", async () => {
    await expect(ofExport(["cls"], states("logits"))).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/model\.onnx has the outputs logits; known are/),
    });
  });
});

describe("an export of an architecture that has no graph here", () => {
  const absent = { hidden_size: undefined, max_position_embeddings: undefined };
  const unlimited = { "sentence_bert_config.json": null, "tokenizer_config.json": null };
  const mean = { "1_Pooling/config.json": { pooling_mode: "mean" } };

  test("is served although there are weights beside it", async () => {
    const config = { model_type: "xlm-roberta", architectures: ["XLMRobertaModel"] };
    const { vectors } = await withExport(
      { ...mean, "config.json": config },
      states("last_hidden_state"),
    );
    expect(difference(vectors, await ofBuilt(["mean"]))).toBeLessThan(1e-6);
  });

  test.each<[string, object, number]>([
    ["xlm-roberta", { max_position_embeddings: 514, pad_token_id: 1 }, 512],
    ["mpnet", { max_position_embeddings: 130, pad_token_id: 1 }, 128],
    ["distilbert", { ...absent, dim: width, max_position_embeddings: 256 }, 256],
    ["nomic_bert", { ...absent, n_embd: width, n_positions: 2048 }, 2048],
  ])("%s: it takes as many tokens as it has usable positions", async (model_type, sizes, max) => {
    const config = { model_type, ...sizes };
    const { info } = await withExport(
      { ...mean, ...unlimited, "config.json": config },
      states("last_hidden_state"),
    );
    expect(info.info).toMatchObject({ dimensions: width, max_tokens: max });
  });

  test("is LOAD_FAILED when its config has no sizes, with the field", async () => {
    const config = { model_type: "funnel", ...absent, d_model: "wide" };
    await expect(
      withExport({ ...mean, "config.json": config }, states("last_hidden_state")),
    ).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/config\.json is not sound\. hidden_size: /),
    });
  });
});
