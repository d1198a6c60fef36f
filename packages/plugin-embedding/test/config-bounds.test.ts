import type { ModelListing } from "@kindred/core";
import { allArchitectures, bert } from "@kindred/text-encoders";
import { describe, expect, test } from "vitest";
import { commonFacts } from "../../text-encoders/src/architectures/common-facts.ts";
import { matryoshkaOf } from "../src/folder/matryoshka.ts";
import { modulesOf } from "../../text-encoders/src/folder/modules.ts";
import { poolingOf } from "../src/folder/pooling.ts";
import { read } from "./golden.ts";
import { savedSettings } from "../src/folder/saved-settings.ts";

const sizes = {
  model_type: "bert",
  vocab_size: 30_522,
  hidden_size: 384,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 1536,
  max_position_embeddings: 512,
};

const huge = 1_000_000_000;

test.each(Object.keys(sizes).slice(1))(
  "a BERT of a billion %s is refused with the bound",
  (name) => {
    expect(() => bert.read({ ...sizes, [name]: huge })).toThrow(
      new RegExp(`${name}: it is ${huge}, and at most \\d+ is served`),
    );
  },
);

const counts: Readonly<Record<string, readonly string[]>> = {
  "modernbert-tiny": ["global_attn_every_n_layers", "local_attention"],
  "nomic-tiny": ["n_positions", "type_vocab_size"],
  "qwen3-tiny": ["num_key_value_heads", "head_dim"],
};

describe.each(Object.keys(counts))("%s", (name) => {
  const published = read(`fixtures/${name}/config.json`);
  const architecture = allArchitectures.find(({ matches }) => matches(published))!;

  test.each([...Object.keys(sizes).slice(1), ...counts[name]!])(
    "a billion %s are refused with the bound",
    (field) => {
      expect(() => architecture.read({ ...published, [field]: huge })).toThrow(
        new RegExp(`${field}: it is ${huge}, and at most \\d+ is served`),
      );
    },
  );

  test("heads that do not divide the width, or the heads of queries, are refused by name", () => {
    const field = name === "qwen3-tiny" ? "num_key_value_heads" : "num_attention_heads";
    expect(() => architecture.read({ ...published, [field]: 3 })).toThrow(`${field}:`);
  });
});

test("layer_types that are not as many as the layers are refused by name", () => {
  const config = {
    ...read("fixtures/modernbert-tiny/config.json"),
    layer_types: ["full_attention"],
  };
  const modernBert = allArchitectures.find(({ name }) => name === "modernbert")!;
  expect(() => modernBert.read(config)).toThrow("layer_types:");
});

test.each(["vocab_size", "hidden_size", "max_position_embeddings"])(
  "an export of a billion %s is refused with the bound",
  (name) => {
    expect(() => commonFacts({ ...sizes, [name]: huge })).toThrow(`${name}: it is ${huge}`);
  },
);

test("heads that do not divide the width are refused by name", () => {
  expect(() => bert.read({ ...sizes, num_attention_heads: 7 })).toThrow(/^.*num_attention_heads:/);
});

function model(file: string, json: unknown): ModelListing {
  const all: Record<string, unknown> = {
    [file]: json,
    "modules.json": [{ type: "sentence_transformers.models.Pooling", path: "1_Pooling" }],
    ...(file === "modules.json" && { "modules.json": json }),
  };
  return { names: ["m"], files: Object.keys(all), json: (name) => all[name] };
}

const many = <T>(value: T): T[] => Array.from({ length: 10_000 }, () => value);
const listed = { type: "sentence_transformers.models.Normalize", path: "" };
const prompts = Object.fromEntries(many("").map((text, i) => [`prompt ${i}`, text]));

test.each<[string, string, unknown, (model: ModelListing) => unknown]>([
  [
    "poolings",
    "1_Pooling/config.json",
    { pooling_mode: many("mean") },
    (folder) => poolingOf(folder, { modes: ["mean"], normalize: true }),
  ],
  ["modules", "modules.json", many(listed), modulesOf],
  ["prompts", "config_sentence_transformers.json", { prompts }, savedSettings],
  ["shorter vectors", "config.json", { matryoshka_dimensions: many(8) }, matryoshkaOf],
])("ten thousand %s are LOAD_FAILED", (_, file, json, read) => {
  expect(() => read(model(file, json))).toThrow(expect.objectContaining({ code: "LOAD_FAILED" }));
});

test("a prompt of ten million characters is LOAD_FAILED", () => {
  const json = { prompts: { query: "a".repeat(10_000_000) } };
  const folder = model("config_sentence_transformers.json", json);
  expect(() => savedSettings(folder)).toThrow(/prompts\.query: Too big/);
});
