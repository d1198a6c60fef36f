import type { Launch, LaunchListing } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import type { EmbeddingCheckpoint } from "@kindred/plugin-embedding";
import { allArchitectures } from "@kindred/text-encoders";
import { describe, expect, test } from "vitest";
import { chooseFamily } from "../../core/src/catalog/choose-family.ts";
import { bge } from "../src/families/bge.ts";
import { e5 } from "../src/families/e5.ts";
import { gte } from "../src/families/gte.ts";
import { jina } from "../src/families/jina.ts";
import { sentenceTransformers } from "../src/families/sentence-transformers.ts";
import { publishedConfigs } from "./published-configs.ts";

const facts = [bge, e5, gte, jina, sentenceTransformers];
const families = embedding().families!;

/** The family that serves a folder of these names under this id, and the checkpoint that it takes it for. */
function resolved(config: string, names: readonly string[], id: string) {
  const json: Record<string, unknown> = { "config.json": publishedConfigs[config] };
  const listing: LaunchListing = { id, names, files: [], json: (file) => json[file] };
  const launch: Launch = { id, source: "/srv/5c38ec7c" };
  const { family, checkpoint } = chooseFamily(families, listing, launch);
  return { family: family.name, checkpoint: checkpoint as EmbeddingCheckpoint | undefined };
}

/** What an encoder of this config is, and takes. */
function encoderOf(name: string) {
  const config = publishedConfigs[name]!;
  const architecture = allArchitectures.find((each) => each.matches(config))!;
  return { architecture: architecture.name, ...architecture.read(config) };
}

const english = "Represent this sentence for searching relevant passages: ";
const chinese = "为这个句子生成表示以用于检索相关文章：";

/** Name, owner, revision, family, pooling, the prompts of queries and of passages, dimensions. All are normalised. */
type Row = readonly [string, string, string, string, string, string, string, number];

const rows: readonly Row[] = [
  [
    "bge-base-en",
    "BAAI",
    "90e113f4f9cd0c83220c873b94ca7bc37f85de97",
    "bge",
    "cls",
    english,
    "",
    768,
  ],
  [
    "bge-base-en-v1.5",
    "BAAI",
    "1dafa38af496bee39ad5e0d11447fac46d0714e1",
    "bge",
    "cls",
    english,
    "",
    768,
  ],
  [
    "bge-base-zh",
    "BAAI",
    "faefe5952238b3d28bc35d1c8fe63eb269d8cee0",
    "bge",
    "cls",
    chinese,
    "",
    768,
  ],
  [
    "bge-base-zh-v1.5",
    "BAAI",
    "fcd022c36ff982da395e71ae930a5ad0d4b9330f",
    "bge",
    "cls",
    chinese,
    "",
    768,
  ],
  [
    "bge-large-en",
    "BAAI",
    "d57a0d82f0d0884de76bbce093f201364d9b720e",
    "bge",
    "cls",
    english,
    "",
    1024,
  ],
  [
    "bge-large-en-v1.5",
    "BAAI",
    "5888da4a3a013e65d33dd6f612ecd4625eb87a7d",
    "bge",
    "cls",
    english,
    "",
    1024,
  ],
  [
    "bge-large-zh",
    "BAAI",
    "1b543b301eb63dd32914b56d939db2a972df15d5",
    "bge",
    "cls",
    chinese,
    "",
    1024,
  ],
  [
    "bge-large-zh-noinstruct",
    "BAAI",
    "d971248454d6267756fab9caa431c2c2fc5f0f35",
    "bge",
    "cls",
    "",
    "",
    1024,
  ],
  [
    "bge-large-zh-v1.5",
    "BAAI",
    "029c4bfff6b0c5cfcd20b40c17ed52ec55202748",
    "bge",
    "cls",
    chinese,
    "",
    1024,
  ],
  [
    "bge-small-en-v1.5",
    "BAAI",
    "88885630388d6249d876a3ab145b78b34665b79a",
    "bge",
    "cls",
    english,
    "",
    384,
  ],
  [
    "bge-small-zh",
    "BAAI",
    "52185a5f4aa5bb1fe80c0671b7303161880a2d79",
    "bge",
    "cls",
    chinese,
    "",
    512,
  ],
  [
    "bge-small-zh-v1.5",
    "BAAI",
    "a7ec18349c42fc774b0e86af26215e38a10fbe9d",
    "bge",
    "cls",
    chinese,
    "",
    512,
  ],
  [
    "e5-large-v2",
    "intfloat",
    "b322e09026e4ea05f42beadf4d661fb4e101d311",
    "e5",
    "mean",
    "query: ",
    "passage: ",
    1024,
  ],
  ["gte-base", "thenlper", "792749e8178be77f479b26788a0e1adb4ec9c8a9", "gte", "mean", "", "", 768],
  [
    "gte-large",
    "thenlper",
    "2b5163b62ed28492dc70eb19a882b71c81dbc7c8",
    "gte",
    "mean",
    "",
    "",
    1024,
  ],
  [
    "jina-embeddings-v2-base-en",
    "jinaai",
    "7302ac470bed880590f9344bfeee32ff8722d0e5",
    "jina",
    "mean",
    "",
    "",
    768,
  ],
  [
    "jina-embeddings-v2-small-en",
    "jinaai",
    "b811f03af3d4d7ea72a7c25c802b21fc675a5d99",
    "jina",
    "mean",
    "",
    "",
    512,
  ],
  [
    "multilingual-e5-large",
    "intfloat",
    "c505dce3578a12ec54e47bdc72bef5cd0eacb085",
    "e5",
    "mean",
    "query: ",
    "passage: ",
    1024,
  ],
];

/** Encoders that are no BERT of 512 tokens. */
const others: readonly (readonly [name: string, architecture: string, maxTokens: number])[] = [
  ["multilingual-e5-large", "xlm-roberta", 512],
  ["jina-embeddings-v2-base-en", "jina-bert", 8192],
  ["jina-embeddings-v2-small-en", "jina-bert", 8192],
];

describe.each(rows)("%s", (name, owner, revision, family, pooling, query, passage, dimensions) => {
  const repo = `${owner}/${name}`;

  test.each<[string, readonly string[], string]>([
    ["a folder of its name", [name], "m"],
    ["a folder of the repository", [repo], "m"],
    ["its name as id", ["5c38ec7c"], name],
    ["the repository as id", ["5c38ec7c"], repo],
    ["the repository as id, in other case", ["5c38ec7c"], repo.toUpperCase()],
  ])("is told by %s, with its revision, pooling and prompts", (_, names, id) => {
    const found = resolved(name, names, id);
    expect(found).toMatchObject({ family, checkpoint: { name, repo, revision } });
    const { defaults } = facts.find((each) => each.name === family)!;
    expect({ ...defaults, ...found.checkpoint?.defaults }).toMatchObject({
      pooling,
      normalize: true,
      prompts: { query, passage },
    });
  });

  test("has an encoder of as many dimensions and tokens as its config says", () => {
    const [, architecture = "bert", maxTokens = 512] = others.find(([each]) => each === name) ?? [];
    expect(encoderOf(name)).toMatchObject({ architecture, dimensions, maxTokens });
  });
});

test.each<[string, string, string, number, number]>([
  ["BAAI/bge-m3", "bge", "xlm-roberta", 1024, 8192],
  [
    "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
    "sentence-transformers",
    "bert",
    384,
    512,
  ],
  ["sentence-transformers/all-MiniLM-L6-v2", "sentence-transformers", "bert", 384, 512],
  ["sentence-transformers/all-distilroberta-v1", "sentence-transformers", "roberta", 768, 512],
  ["sentence-transformers/all-mpnet-base-v2", "sentence-transformers", "mpnet", 768, 512],
  [
    "sentence-transformers/msmarco-distilbert-base-v4",
    "sentence-transformers",
    "distilbert",
    768,
    512,
  ],
])("%s is of the family %s and a %s", (repo, family, architecture, dimensions, maxTokens) => {
  const name = repo.slice(repo.indexOf("/") + 1);
  expect(resolved(name, [repo], "m").family).toBe(family);
  expect(encoderOf(name)).toMatchObject({ architecture, dimensions, maxTokens });
});

test("bge-m3 takes the first token's state and no prompts", () => {
  const { checkpoint } = resolved("bge-m3", ["BAAI/bge-m3"], "m");
  expect({ ...bge.defaults, ...checkpoint?.defaults }).toMatchObject({
    pooling: "cls",
    normalize: true,
    prompts: { query: "", passage: "" },
  });
});
