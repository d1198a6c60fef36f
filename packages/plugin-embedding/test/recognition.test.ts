import { createKernel, logger, provide, silent } from "@kindred/core";
import type { Plugin } from "@kindred/core";
import { asModelFamily, embedding } from "@kindred/plugin-embedding";
import type { EmbeddingFamily } from "@kindred/plugin-embedding";
import { isTextEncoder } from "@kindred/text-encoders";
import type { Architecture } from "@kindred/text-encoders";
import { expect, test } from "vitest";
import { fixture } from "./fixture.ts";

interface Called {
  readonly folder: string;
  readonly id: string;
  readonly family?: string;
  readonly config?: object;
  readonly plugins?: readonly Plugin[];
}

/** How a folder of this name is served under this id: its family, its prompts, and the name that it does not keep. */
async function served({ folder, id, family, config = {}, plugins = [] }: Called) {
  await using model = await fixture("max-tiny", { folder, json: { "config.json": config } });
  const warned: unknown[] = [];
  const warn = (facts: object): void => void warned.push(facts);
  await using kernel = await createKernel({
    plugins: [embedding(), ...plugins],
    models: [{ id, source: model.path, ...(family && { family }) }],
    provides: [provide(logger, () => ({ ...silent, warn }))],
  });
  const [info] = kernel.models();
  return { family: info!.family, prompts: info!.info?.["prompts"], reason: info!.reason, warned };
}

const english = ["query", "passage"];
const nomics = ["query", "passage", "classification", "clustering"];

test.each([
  ["bge-base-tuned", "bge"],
  ["my-e5-small", "e5"],
  ["gte-x", "gte"],
  ["gte-modernbert-base", "gte"],
  ["nomic-embed-text-v1.5", "nomic"],
  ["modernbert-embed-base", "nomic"],
  ["Qwen3-Embedding-0.6B", "qwen3-embedding"],
  ["5c38ec7c", "sentence-transformers"],
])("the folder %s is of the family %s, whatever its id", async (folder, family) => {
  for (const id of ["m", "my-e5-test", "gte-tiny", "acme/bge-like"]) {
    expect(await served({ folder, id })).toMatchObject({ family, warned: [] });
  }
});

test("a folder that says what it was tuned from is of that family, whatever its id", async () => {
  const config = { _name_or_path: "BAAI/bge-small-en-v1.5" };
  expect(await served({ folder: "5c38ec7c", id: "my-e5-test", config })).toMatchObject({
    family: "bge",
    prompts: english,
  });
});

test("a published name as id makes a folder that says nothing that checkpoint, with its prompts", async () => {
  for (const id of ["bge-small-en-v1.5", "BAAI/bge-small-en-v1.5"]) {
    expect(await served({ folder: "5c38ec7c", id })).toMatchObject({
      family: "bge",
      prompts: english,
      warned: [],
    });
  }
});

test.each([
  ["gte-modernbert-base", "Alibaba-NLP/gte-modernbert-base", "gte", english],
  ["nomic-embed-text-v1", "nomic-ai/nomic-embed-text-v1", "nomic", nomics],
  ["nomic-embed-text-v1.5", "nomic-ai/nomic-embed-text-v1.5", "nomic", nomics],
  ["modernbert-embed-base", "nomic-ai/modernbert-embed-base", "nomic", nomics],
  ["qwen3-embedding-0.6b", "Qwen/Qwen3-Embedding-0.6B", "qwen3-embedding", ["query", "document"]],
  ["qwen3-embedding-4b", "Qwen/Qwen3-Embedding-4B", "qwen3-embedding", ["query", "document"]],
  ["qwen3-embedding-8b", "Qwen/Qwen3-Embedding-8B", "qwen3-embedding", ["query", "document"]],
])("%s and %s are names of a checkpoint of the family %s", async (name, repo, family, prompts) => {
  for (const id of [name, repo]) {
    expect(await served({ folder: "5c38ec7c", id })).toMatchObject({ family, prompts, warned: [] });
  }
});

test("a language model is a text encoder where its modules pool tokens, whatever head it names", () => {
  const config = { model_type: "qwen3", architectures: ["Qwen3ForCausalLM"], vocab_size: 700 };
  const recognised = (...kinds: readonly string[]): boolean => {
    const modules = kinds.map((kind) => ({
      type: `sentence_transformers.models.${kind}`,
      path: "",
    }));
    const json = { "config.json": config, ...(kinds.length > 0 && { "modules.json": modules }) };
    return isTextEncoder({ names: [], files: [], json: (file) => json[file as keyof typeof json] });
  };
  expect(recognised("Transformer", "Pooling", "Normalize")).toBe(true);
  expect(recognised("Transformer", "LogitScore")).toBe(false);
  expect(recognised()).toBe(false);
});

test("a folder of another family is not what its id says, and the log tells", async () => {
  expect(await served({ folder: "gte-x", id: "e5-large-v2" })).toMatchObject({
    family: "gte",
    warned: [{ model: "e5-large-v2", family: "gte", called: "e5-large-v2" }],
  });
});

const nomad = (claim: "exact" | "own"): Plugin => ({
  contract: 1,
  name: "nomad",
  families: [
    asModelFamily({
      name: "nomad",
      match: ({ names }) => names.some((name) => name.startsWith("bge-nomad-")) && claim,
      defaults: { pooling: "mean", normalize: true, prompts: { nomad: "go: " } },
    }),
  ],
});

test("a plugin's family takes a folder from one of ours by saying exact, in any order of plugins", async () => {
  const folder = "bge-nomad-1";
  const taken = { family: "nomad", prompts: expect.arrayContaining(["nomad"]) };
  expect(await served({ folder, id: "m", plugins: [nomad("exact")] })).toMatchObject(taken);
  const own = await served({ folder, id: "m", plugins: [nomad("own")] });
  expect(own.reason).toMatch(/Both "bge" and "nomad" .* family: "bge" or family: "nomad"\./);
  const named = { folder, id: "m", plugins: [nomad("own")], family: "nomad" };
  expect(await served(named)).toMatchObject(taken);
});

test("a family is asked for text encoders, and for folders of an architecture that it brings", () => {
  const bags: Architecture = {
    name: "bags",
    matches: ({ model_type }) => model_type === "bags",
    read: () => ({ dimensions: 8, maxTokens: 512, vocabularySize: 9 }),
    graph: () => {
      throw new Error("not built here");
    },
  };
  const facts: EmbeddingFamily = {
    name: "any",
    match: () => "exact",
    defaults: { pooling: "mean", normalize: true },
  };
  const claims = (config: object | undefined) => {
    const model = {
      names: ["any"],
      files: [],
      json: (file: string) => (file === "config.json" ? config : undefined),
    };
    return [asModelFamily(facts), asModelFamily({ ...facts, architectures: [bags] })].map(
      (family) => family.match(model) || false,
    );
  };
  expect(claims({ model_type: "bert", vocab_size: 9 })).toEqual(["exact", "exact"]);
  expect(claims({ model_type: "bags" })).toEqual([false, "exact"]);
  expect(claims({ model_type: "sd" })).toEqual([false, false]);
  expect(claims(undefined)).toEqual([false, false]);
});
