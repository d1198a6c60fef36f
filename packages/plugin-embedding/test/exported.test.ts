import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import type { Plugin } from "@kindred/core";
import { add, embedding as table, graph, openSafetensors } from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { asModelFamily, embedding, embeddingTask } from "@kindred/plugin-embedding";
import { describe, expect, test } from "vitest";
import { pool } from "../src/graphs/pooling.ts";
import type { Pooling, PoolingMode } from "../src/graphs/pooling.ts";
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

function modules(modes: readonly PoolingMode[]): NonNullable<FixtureOptions["json"]> {
  return { "model.safetensors": null, "1_Pooling/config.json": { pooling_mode: modes } };
}

async function vectors(path: string, plugin: Plugin): Promise<readonly Float32Array[]> {
  await using kernel = await createKernel({
    plugins: [plugin],
    models: [{ id: "toy", source: path, family: plugin.families!.at(-1)!.name }],
  });
  return (await kernel.run(embeddingTask, "toy", { input })).vectors;
}

/** Of a folder that has a graph in onnx/model.onnx, and no weights in safetensors beside it. */
async function ofExport(
  modes: readonly PoolingMode[],
  build: (weights: Weights) => BuiltGraph,
): Promise<readonly Float32Array[]> {
  await using folder = await fixture("bge-tiny", { json: modules(modes) });
  const place = join(folder.path, "onnx");
  await mkdir(place);
  await synthesize({ file: join(place, "weights.data"), build });
  const { model } = build(await openSafetensors(place, "weights.data"));
  await writeFile(join(place, "model.onnx"), model);
  return await vectors(folder.path, embedding());
}

/** Of a folder with weights, whose family builds a graph that pools by itself. */
async function ofBuilt(modes: readonly PoolingMode[]): Promise<readonly Float32Array[]> {
  await using folder = await fixture("bge-tiny", { json: modules(modes) });
  const build = (weights: Weights): Toy => toy(weights);
  await synthesize({ file: join(folder.path, "model.safetensors"), build });
  const family = asModelFamily({
    name: "toy",
    match: () => "own",
    pooling: "mean",
    normalize: false,
    graph: (_, weights, pooling) => pooled("embedding", pooling)(weights),
  });
  return await vectors(folder.path, { contract: 1, name: "toy", families: [family] });
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
