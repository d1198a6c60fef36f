import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createKernel } from "@kindred/core";
import type { ModelInfo, Plugin } from "@kindred/core";
import { add, embedding as table, graph, openSafetensors } from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { asModelFamily, embedding, embeddingTask } from "@kindred/plugin-embedding";
import type { Pooling, PoolingMode } from "@kindred/plugin-embedding";
import { roberta } from "@kindred/text-encoders";
import type { Architecture } from "@kindred/text-encoders";
import { describe, expect, test } from "vitest";
import { elementTypes } from "../../core/src/onnx/element-type.ts";
import { encodeValueInfo } from "../../core/src/onnx/model-proto.ts";
import { inTwoBytes, onnxModel, stored, value } from "../../core/test/onnx/onnx-model.ts";
import type { OnnxGraph } from "../../core/test/onnx/onnx-model.ts";
import { pool } from "../src/graphs/pooling.ts";
import { fixture } from "./fixture.ts";
import type { FixtureOptions } from "./fixture.ts";
import { distance, golden, read, texts } from "./golden.ts";
import { inOneRun } from "./served.ts";

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

interface Asking {
  readonly modes: readonly PoolingMode[];
  readonly prompt?: string;
  /** Default true. */
  readonly includePrompt?: boolean;
}

/** The settings of a folder that pools so. */
function modules({ modes, includePrompt = true }: Asking): Files {
  return {
    "1_Pooling/config.json": { pooling_mode: modes, include_prompt: includePrompt },
    "config_sentence_transformers.json": { prompts: { query: "find the words: " } },
  };
}

interface Answered {
  readonly info: ModelInfo;
  readonly vectors: readonly Float32Array[];
}

interface Launching {
  readonly plugin?: Plugin;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly prompt?: string | undefined;
}

async function answered(path: string, launching: Launching = {}): Promise<Answered> {
  const { plugin = embedding(), options = {}, prompt } = launching;
  const family = plugin.families!.at(-1)!.name;
  await using kernel = await createKernel({
    plugins: [plugin],
    models: [{ id: "toy", source: path, family, options }],
  });
  const { vectors } = await kernel.run(embeddingTask, "toy", { input, prompt });
  return { info: kernel.models()[0]!, vectors: vectors as readonly Float32Array[] };
}

/** The answer of a folder that has a graph in onnx/model.onnx. */
async function withExport(
  json: Files,
  build: (weights: Weights) => BuiltGraph,
  launching: Launching = {},
): Promise<Answered> {
  await using folder = await fixture("bge-tiny", { json });
  const place = join(folder.path, "onnx");
  await mkdir(place);
  await synthesize({ file: join(place, "weights.data"), build });
  const { model } = build(await openSafetensors(place, "weights.data"));
  await writeFile(join(place, "model.onnx"), model);
  return await answered(folder.path, launching);
}

/** The vectors of a folder that has a graph in onnx/model.onnx, and no weights in safetensors beside it. */
async function ofExport(
  asking: Asking,
  build: (weights: Weights) => BuiltGraph,
): Promise<readonly Float32Array[]> {
  const json = { "model.safetensors": null, ...modules(asking) };
  return (await withExport(json, build, { prompt: asking.prompt })).vectors;
}

/** An architecture that a package of its own brings. */
const toyArchitecture: Architecture = {
  name: "toy",
  matches: () => true,
  read: () => ({ dimensions: width, maxTokens: Infinity, vocabularySize: 3000 }),
  graph(_, weights, head) {
    const { g, ...tokens } = toy(weights);
    head(g, tokens);
    return g.build();
  },
};

/** The vectors of a folder with weights that the toy's architecture builds a graph over. */
async function ofBuilt(asking: Asking): Promise<readonly Float32Array[]> {
  await using folder = await fixture("bge-tiny", { json: modules(asking) });
  const build = (weights: Weights): Toy => toy(weights);
  await synthesize({ file: join(folder.path, "model.safetensors"), build });
  const family = asModelFamily({
    name: "toy",
    match: () => "own",
    architectures: [toyArchitecture],
    defaults: { pooling: "mean", normalize: false },
  });
  const plugin: Plugin = { contract: 1, name: "toy", families: [family] };
  return (await answered(folder.path, { plugin, prompt: asking.prompt })).vectors;
}

function difference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return Math.max(...b.map((vector, i) => distance(a[i], vector)));
}

describe("an exported graph", () => {
  const modes: PoolingMode[][] = [
    ["cls"],
    ["mean"],
    ["max"],
    ["max", "cls"],
    ["lasttoken", "weightedmean"],
    ["mean_sqrt_len_tokens"],
  ];
  test.each(modes)(
    "has its token states pooled by %j as a graph of ours pools its own",
    async (...each) => {
      const found = await ofExport({ modes: each }, states("last_hidden_state"));
      expect(difference(found, await ofBuilt({ modes: each }))).toBeLessThan(1e-6);
    },
  );

  test.each(modes)(
    "has prompts left out of %j as a graph of ours leaves them out",
    async (...each) => {
      const asking: Asking = { modes: each, prompt: "query", includePrompt: false };
      const found = await ofExport(asking, states("last_hidden_state"));
      expect(difference(found, await ofBuilt(asking))).toBeLessThan(1e-6);
      const whole = await ofExport({ modes: each, prompt: "query" }, states("last_hidden_state"));
      expect(difference(found, whole)).toBeGreaterThan(1e-4);
    },
  );

  const mean = { modes: ["mean"], normalize: false } as const;

  test("that pools by itself is not pooled again", async () => {
    const found = await ofExport({ modes: ["cls"] }, pooled("sentence_embedding", mean));
    expect(difference(found, await ofBuilt({ modes: ["mean"] }))).toBeLessThan(1e-6);
  });

  test("that pools by itself is asked for its token states when prompts do not count", async () => {
    const asking: Asking = { modes: ["mean"], prompt: "query", includePrompt: false };
    const both = (weights: Weights): BuiltGraph => {
      const { g, mask, states: tokens } = toy(weights);
      return g
        .output("token_embeddings", tokens)
        .output("sentence_embedding", pool(g, tokens, mask, mean))
        .build();
    };
    expect(difference(await ofExport(asking, both), await ofBuilt(asking))).toBeLessThan(1e-6);
    await expect(ofExport(asking, pooled("sentence_embedding", mean))).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(
        /model\.onnx gives "sentence_embedding" alone.*include_prompt: false/,
      ),
    });
  });

  test("that asks for token types gets the first, in the integers it wants", async () => {
    const long = await ofExport({ modes: ["mean"] }, states("token_embeddings", "int64"));
    const short = await ofExport({ modes: ["mean"] }, states("token_embeddings", "int32"));
    expect(short).toEqual(long);
    expect(difference(long, await ofBuilt({ modes: ["mean"] }))).toBeGreaterThan(1e-4);
  });

  test("with other outputs is LOAD_FAILED and named", async () => {
    await expect(ofExport({ modes: ["cls"] }, states("logits"))).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/model\.onnx has the outputs logits; known are/),
    });
  });
});

test("an export that counts places from its ids has them filled up behind, where it is not seen", async () => {
  const name = "multilingual-e5-tiny";
  await using folder = await fixture(name);
  const weights = await openSafetensors(folder.path, "model.safetensors");
  const config = read(`fixtures/${name}/config.json`);
  const { model } = xlmRoberta.graph(config, weights, (g, tokens) => {
    g.output("last_hidden_state", tokens.states);
  });
  await writeFile(join(folder.path, "model.onnx"), model);
  const plugin = inOneRun(embedding());
  await using kernel = await createKernel({
    plugins: [plugin],
    models: [{ id: name, source: folder.path, options: { onnx: "model.onnx" } }],
  });
  const { vectors: expected } = golden(name);
  const input = Object.keys(expected).map((text) => texts[text]!);
  const { vectors } = await kernel.run(embeddingTask, name, { input, truncate: true });
  expect(difference(vectors as readonly Float32Array[], Object.values(expected))).toBeLessThan(
    1e-5,
  );
});

const xlmRoberta = roberta.find(({ name }) => name === "xlm-roberta")!;

describe("an export of another architecture than BERT", () => {
  const absent = { hidden_size: undefined, max_position_embeddings: undefined };
  const unlimited = { "sentence_bert_config.json": null, "tokenizer_config.json": null };
  const mean = { "1_Pooling/config.json": { pooling_mode: "mean" } };
  const alone = { "model.safetensors": null };
  const ofDistilbert = { dim: width, n_layers: 2, n_heads: 3, hidden_dim: 96 };

  test("is served although there are weights beside it, if these have no graph here", async () => {
    const config = { model_type: "xlm-roberta-xl", architectures: ["XLMRobertaXLModel"] };
    const { vectors } = await withExport(
      { ...mean, "config.json": config },
      states("last_hidden_state"),
    );
    expect(difference(vectors, await ofBuilt({ modes: ["mean"] }))).toBeLessThan(1e-6);
  });

  test.each<[string, object, number]>([
    ["xlm-roberta", { max_position_embeddings: 514, pad_token_id: 1 }, 512],
    ["mpnet", { max_position_embeddings: 130, pad_token_id: 1 }, 128],
    ["distilbert", { ...absent, ...ofDistilbert, max_position_embeddings: 256 }, 256],
    ["nomic_bert", { ...absent, n_embd: width, n_positions: 2048, moe_every_n_layers: 2 }, 2048],
  ])("%s: it takes as many tokens as it has usable positions", async (model_type, sizes, max) => {
    const config = { model_type, ...sizes };
    const { info } = await withExport(
      { ...mean, ...alone, ...unlimited, "config.json": config },
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

describe("an export as other tools write it", () => {
  const { float16, float32, int64 } = elementTypes;
  /** A table of token states, in half precision. */
  const table16 = stored(
    "words",
    float16,
    inTwoBytes(
      "float16",
      Array.from({ length: 3000 * width }, (_, i) => (1 + (i % 997)) / 1024),
    ),
    [3000, width],
  );

  /** A graph that looks tokens up in it, and gives their states in a type. */
  function lookup(
    type: number,
    output: Uint8Array = value("last_hidden_state", type),
    weights: readonly Uint8Array[] = [table16],
    more: Pick<OnnxGraph, "outputs" | "nodes"> = { outputs: [], nodes: [] },
  ): Uint8Array {
    return onnxModel({
      inputs: ["input_ids", "attention_mask"].map((name) => value(name, int64)),
      outputs: [output, ...more.outputs],
      nodes: [
        { operator: "Gather", input: ["words", "input_ids"], output: ["states"] },
        {
          operator: "Cast",
          input: ["states"],
          output: ["last_hidden_state"],
          attributes: { to: type },
        },
        ...more.nodes,
      ],
      weights,
    });
  }

  /** The answer of a folder with these files, and no weights in safetensors. */
  async function ofFiles(
    files: Readonly<Record<string, Uint8Array>>,
    options: Launching["options"] = {},
  ): Promise<readonly Float32Array[]> {
    await using folder = await fixture("bge-tiny", { json: { "model.safetensors": null } });
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(join(folder.path, dirname(name)), { recursive: true });
      await writeFile(join(folder.path, name), bytes);
    }
    return (await answered(folder.path, { options })).vectors;
  }

  test("gives float16, which the graph casts at its edge", async () => {
    const half = await ofFiles({ "onnx/model_fp16.onnx": lookup(float16) });
    const single = await ofFiles({ "model_optimized.onnx": lookup(float32) });
    expect(difference(half, single)).toBeLessThan(1e-6);
  });

  test("gives integers, which is told when it is loaded", async () => {
    const uint8 = lookup(elementTypes.uint8);
    await expect(ofFiles({ "onnx/model_uint8.onnx": uint8 })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(
        /model_uint8\.onnx" gives "last_hidden_state" as uint8, not as float32 or float16/,
      ),
    });
  });

  test("of another width than its config says is told when it is loaded, where the file says its shape", async () => {
    const dim = [{ dimParam: "n" }, { dimParam: "m" }, { dimValue: 7 }];
    const type = { tensorType: { elemType: float32, shape: { dim } } };
    const narrow = lookup(float32, encodeValueInfo({ name: "last_hidden_state", type }));
    await expect(ofFiles({ "model.onnx": narrow })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/as \[any, any, 7\], .* asks for \[any, any, 48\]/),
    });
  });

  test.each([7, 0])(
    "of width %i is told at its first run, where the file does not say its shape",
    async (found) => {
      const bytes = inTwoBytes(
        "float16",
        Array.from({ length: 3000 * found }, () => 1),
      );
      const narrow = lookup(float32, value("last_hidden_state", float32), [
        stored("words", float16, bytes, [3000, found]),
      ]);
      await expect(ofFiles({ "model.onnx": narrow })).rejects.toMatchObject({
        code: "GRAPH_FAILED",
        message: expect.stringMatching(
          new RegExp(`gave "last_hidden_state" as float32 .* ${found}\\], .* 48\\] was due`),
        ),
      });
    },
  );

  test("with another output of a type that no tensor has is served all the same", async () => {
    const float64 = 11;
    const extra = lookup(float32, value("last_hidden_state", float32), [table16], {
      outputs: [value("score", float64)],
      nodes: [
        {
          operator: "Cast",
          input: ["states"],
          output: ["score"],
          attributes: { to: float64 },
        },
      ],
    });
    const plain = await ofFiles({ "model.onnx": lookup(float32) });
    expect(await ofFiles({ "model.onnx": extra })).toEqual(plain);
  });

  test("is the one of several that the launch chooses", async () => {
    const files = {
      "onnx/model.onnx": lookup(elementTypes.uint8),
      "onnx/good.onnx": lookup(float32),
    };
    const chosen = await ofFiles(files, { onnx: "good.onnx" });
    expect(chosen).toEqual(await ofFiles({ "onnx/model.onnx": lookup(float32) }));
    expect(await ofFiles(files, { onnx: "./onnx/good.onnx" })).toEqual(chosen);
  });
});
