import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTokenizer } from "@kindred/core/text";
import type { Tokenizer } from "@kindred/core/text";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openModelFolder } from "../../src/sources/model-folder.ts";
import golden from "../golden/added-tokens.json" with { type: "json" };
import { layoutFolder, layoutsOf } from "./layouts.ts";
import type { Layout } from "./layouts.ts";

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "kindred-added-"));
});
afterAll(() => rm(parent, { recursive: true }));

async function opened(name: string, layout: Layout): Promise<Tokenizer> {
  return openTokenizer(await openModelFolder(await layoutFolder(parent, name, layout)));
}

async function idsOf(tokenizer: Tokenizer, texts: readonly string[]): Promise<readonly string[]> {
  return (await tokenizer.encode(texts)).map(({ ids }) => ids.join(" "));
}

describe.each(Object.entries(golden.folders))(
  "added tokens as %s lays them out",
  (file, folders) => {
    test.each(Object.entries(folders))("%s: transformers' ids", async (name, { ids, size }) => {
      await using tokenizer = await opened(name, layoutsOf(file)[name]!);
      expect(await idsOf(tokenizer, golden.texts)).toEqual(ids);
      expect(tokenizer.vocabularySize).toBe(size);
    });
  },
);

const token = {
  lstrip: false,
  normalized: true,
  rstrip: false,
  single_word: false,
  special: false,
};
const bert = { tokenizer_class: "BertTokenizer" };

describe("special tokens with flags in special_tokens_map.json, as transformers 4.33 wrote them", () => {
  test("are read, though transformers 5 refuses such a folder", async () => {
    const both = { content: "<both>", lstrip: true, rstrip: true, normalized: false };
    await using tokenizer = await opened("uncased", {
      vocabulary: ["vocab.txt"],
      files: {
        "tokenizer_config.json": bert,
        "special_tokens_map.json": { additional_special_tokens: [{ ...token, ...both }] },
        "added_tokens.json": { "<cat-toy>": 1500, "<both>": 1501 },
      },
    });
    expect(await idsOf(tokenizer, ["a <cat-toy>  <both>  a"])).toEqual(["2 32 1500 1501 32 3"]);
  });
});

describe("a folder whose added tokens cannot be honoured is LOAD_FAILED with the file and the field", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "an id after a gap",
      { "tokenizer_config.json": { added_tokens_decoder: { 1510: { ...token, content: "<x>" } } } },
      'tokenizer_config.json: added_tokens_decoder.1510 gives the token "<x>" the id 1510, and transformers gives it 1500. Save the tokenizer again',
    ],
    [
      "an id of another word",
      { "added_tokens.json": { the: 7 } },
      'added_tokens.json gives the token "the" the id 7',
    ],
    [
      "an id that is none",
      { "added_tokens.json": { "<x>": "1500" } },
      'added_tokens.json gives the token "<x>" the id "1500"',
    ],
    [
      "an id that JavaScript has",
      {
        "tokenizer_config.json": JSON.parse(
          '{ "added_tokens_decoder": { "__proto__": { "content": "<x>" } } }',
        ),
      },
      'added_tokens_decoder.__proto__ gives the token "<x>" the id "__proto__", not a number',
    ],
    ["a list of tokens", { "added_tokens.json": ["<x>"] }, 'added_tokens.json is ["<x>"]'],
    [
      "a token without content",
      { "tokenizer_config.json": { added_tokens_decoder: { 1500: "<x>" } } },
      'tokenizer_config.json: added_tokens_decoder.1500 is "<x>"',
    ],
    [
      "a flag that is no boolean",
      {
        "tokenizer_config.json": {
          added_tokens_decoder: { 1500: { ...token, content: "<x>", lstrip: "yes" } },
        },
      },
      'added_tokens_decoder.1500 has lstrip "yes"',
    ],
    [
      "a special token that is none",
      { "special_tokens_map.json": { mask_token: 4 } },
      "special_tokens_map.json: mask_token is 4",
    ],
    [
      "special tokens that are no list",
      { "special_tokens_map.json": { additional_special_tokens: "<x>" } },
      'special_tokens_map.json: additional_special_tokens is "<x>"',
    ],
    [
      "no separator",
      { "tokenizer_config.json": { sep_token: null } },
      "tokenizer_config.json: sep_token is null",
    ],
    [
      "special tokens that are split",
      { "tokenizer_config.json": { split_special_tokens: true } },
      "tokenizer_config.json: split_special_tokens is true",
    ],
    [
      "two tokens that are the same once lower-cased",
      { "added_tokens.json": { "<X>": 1500, "<x>": 1501 } },
      'the added tokens "<X>" and "<x>" are both "<x>" once they are normalised. Give one of them',
    ],
    [
      "a token of spaces behind one that takes spaces",
      {
        "tokenizer_config.json": {
          added_tokens_decoder: {
            1500: { ...token, content: "<x>", rstrip: true },
            1501: { ...token, content: "\t", lstrip: true },
          },
        },
      },
      'the added token "\\t" is of spaces and takes the spaces before it',
    ],
    [
      "a vocab.txt of another class",
      { "tokenizer_config.json": { tokenizer_class: "MPNetTokenizer" } },
      "there is no tokenizer.json, its class is MPNetTokenizer, and vocab.txt is read for BERT's classes. Add the tokenizer.json",
    ],
    [
      "a class that JavaScript has",
      { "tokenizer_config.json": { tokenizer_class: "constructor" } },
      "its class is constructor, and vocab.txt is read for BERT's",
    ],
    ["a config of another kind", { "special_tokens_map.json": 7 }, "special_tokens_map.json is 7"],
  ])("%s", async (_, files, message) => {
    await expect(opened("uncased", { vocabulary: ["vocab.txt"], files })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining(message),
    });
  });

  test("a model of another kind than the class has", async () => {
    const layout = layoutsOf("plain")["xlm-roberta as published"]!;
    const files = { ...layout.files, "tokenizer_config.json": bert };
    await expect(opened("xlm-roberta", { ...layout, files })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining(
        "tokenizer.json: its model is Unigram, which BertTokenizer of tokenizer_config.json cannot have",
      ),
    });
  });
});

test("a tokenizer.json that does not say its model's type, as of tokenizers 0.7, is BERT's", async () => {
  const layout = layoutsOf("transformers-5.24")["uncased rebuilt"]!;
  const path = await layoutFolder(parent, "uncased", layout);
  const file = join(path, "tokenizer.json");
  await writeFile(file, (await readFile(file, "utf8")).replace('"type":"WordPiece",', ""));
  await using tokenizer = await openTokenizer(await openModelFolder(path));
  const { ids } = golden.folders["transformers-5.24"]["uncased rebuilt"];
  expect(await idsOf(tokenizer, golden.texts)).toEqual(ids);
});

describe.each(["BertTokenizer", "XLMRobertaTokenizer", "PreTrainedTokenizerFast"])(
  "a tokenizer.json of %s that ends too early",
  (tokenizer_class) => {
    const kind = tokenizer_class === "XLMRobertaTokenizer" ? "xlm-roberta" : "uncased";
    const from = kind === "uncased" ? "uncased tokenizer.json" : "xlm-roberta as published";

    test.each([0.3, 0.6, 0.8, 0.99])("after %d of it is LOAD_FAILED", async (part) => {
      const { vocabulary, files } = layoutsOf("plain")[from]!;
      const config = { "tokenizer_config.json": { tokenizer_class } };
      const path = await layoutFolder(parent, kind, { vocabulary, files: { ...files, ...config } });
      const file = join(path, "tokenizer.json");
      const { size } = await stat(file);
      await truncate(file, Math.floor(part * size));
      await expect(openTokenizer(await openModelFolder(path))).rejects.toMatchObject({
        code: "LOAD_FAILED",
        message: expect.stringContaining("tokenizer.json: "),
      });
    });
  },
);

test.each(["constructor", "__proto__", "toString"])(
  "%s is a token like any other",
  async (word) => {
    const added = JSON.parse(`{"${word}": 1500}`);
    const files = { "tokenizer_config.json": bert, "added_tokens.json": added };
    await using tokenizer = await opened("uncased", { vocabulary: ["vocab.txt"], files });
    expect(await idsOf(tokenizer, [`a ${word} a`])).toEqual(["2 32 1500 32 3"]);
  },
);
