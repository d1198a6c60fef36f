import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModelFolder } from "@kindred/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openClipTokenizer } from "../src/prompt/clip-tokenizer.ts";
import type { ClipTokenizer } from "../src/prompt/clip-tokenizer.ts";
import golden from "./golden/clip-tokenizer.json" with { type: "json" };

const vocabulary = fileURLToPath(new URL("fixtures/tokenizer", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-clip-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function open(files: Readonly<Record<string, unknown>>): Promise<ClipTokenizer> {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content));
  }
  return openClipTokenizer(await openModelFolder(folder));
}

async function idsOf(tokenizer: ClipTokenizer, texts: readonly string[]): Promise<number[][]> {
  return (await tokenizer.encode(texts)).map(({ ids }) => [...ids]);
}

test.each(Object.entries(golden.folders))(
  "the tokenizer of %s, from vocab.json and merges.txt, gives transformers' ids and texts",
  async (_, { files, ids, decoded, padding, limit }) => {
    await cp(vocabulary, folder, { recursive: true });
    const tokenizer = await open(files);
    expect(await idsOf(tokenizer, golden.texts)).toEqual(ids);
    expect(await tokenizer.decode(ids)).toEqual(decoded);
    expect(tokenizer).toMatchObject({ start: 502, end: 503, padding, maxTokens: limit });
  },
);

test("tokenizer.json alone gives the same ids, with its special tokens beside the vocabulary", async () => {
  const read = async (file: string) => readFile(join(vocabulary, file), "utf8");
  const {
    "<|startoftext|>": start,
    "<|endoftext|>": end,
    ...vocab
  } = JSON.parse(await read("vocab.json"));
  const merges = (await read("merges.txt")).trim().split("\n").slice(1);
  const tokenizer = await open({
    "tokenizer.json": {
      model: { vocab, merges: merges.map((line) => line.split(" ")) },
      added_tokens: [
        { id: start, content: "<|startoftext|>" },
        { id: end, content: "<|endoftext|>" },
      ],
    },
  });
  expect(await idsOf(tokenizer, golden.texts)).toEqual(golden.folders.bare.ids);
});

test("a folder without a vocabulary is LOAD_FAILED, naming the files", async () => {
  await expect(open({})).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringContaining("vocab.json and merges.txt"),
  });
});

test("a padding token that the vocabulary lacks is LOAD_FAILED by name", async () => {
  await cp(vocabulary, folder, { recursive: true });
  await expect(open({ "tokenizer_config.json": { pad_token: "[PAD]" } })).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringContaining("[PAD]"),
  });
});
