import { describe, expect, test } from "vitest";
import { distance, read, texts as known, unpack } from "./golden.ts";
import { served } from "./served.ts";
import type { ServedOptions } from "./served.ts";

/** A fixture's folder with settings of sentence-transformers' own. tools/reference/embedding_settings.py records its vectors. */
interface Case {
  readonly folder: string;
  readonly json: NonNullable<ServedOptions["json"]>;
  /** Names of texts, or texts. */
  readonly texts: readonly string[];
  readonly prompt?: string;
  readonly transformer?: string;
}

const tolerance = 1e-5;
const saved = "config_sentence_transformers.json";
const cases: Readonly<Record<string, Case>> = read("fixtures/settings.json");
const golden: Readonly<Record<string, readonly string[]>> = read("golden/settings.json").vectors;

/** The largest difference of a case's vectors from those recorded of `name`; Infinity when they differ in length. */
async function difference(name: string, changed: Case = cases[name]!): Promise<number> {
  const { folder, json, texts, prompt, transformer } = changed;
  await using model = await served(folder, {
    json,
    ...(transformer !== undefined && { transformer }),
  });
  const input = texts.map((text) => known[text] ?? text);
  const found = await model.embed({
    input,
    truncate: true,
    ...(prompt !== undefined && { prompt }),
  });
  return Math.max(...golden[name]!.map((vector, i) => distance(found[i], unpack(vector))));
}

describe("settings of sentence-transformers give its vectors", () => {
  test.each(Object.keys(cases))("%s", async (name) => {
    expect(await difference(name)).toBeLessThan(tolerance);
  });
});

describe("a setting that is ignored moves vectors by ten times the tolerance and more", () => {
  const pooling = "1_Pooling/config.json";
  const six = ["mean", "lasttoken", "cls", "weightedmean", "max", "mean_sqrt_len_tokens"];
  const mistakes: Readonly<Record<string, readonly [string, Case["json"], prompt?: string]>> = {
    "poolings in the order of the file": [
      "flags of cls, mean and max",
      { [pooling]: { pooling_mode: ["cls", "mean", "max"] } },
    ],
    "a list in the order of flags": [
      "a list of modes",
      { [pooling]: { pooling_mode: ["cls", "max", "mean"] } },
    ],
    "a mean instead of a weighted one": ["weightedmean", { [pooling]: { pooling_mode: "mean" } }],
    "a mean instead of a sum over the root": [
      "mean_sqrt_len_tokens",
      { [pooling]: { pooling_mode: "mean" } },
    ],
    "the tokens of a prompt pooled": [
      "a pooling without prompts",
      { [pooling]: { pooling_mode: six, include_prompt: true } },
    ],
    "no prompt": ["a prompt that the folder names", { [saved]: { default_prompt_name: null } }],
    "the request's prompt in place of the folder's": [
      "a prompt that the folder names",
      {},
      "document",
    ],
    "case kept": [
      "do_lower_case, of a tokenizer that keeps case and accents",
      { "sentence_bert_config.json": { do_lower_case: false } },
    ],
    "another limit": ["max_seq_length", { "sentence_bert_config.json": { max_seq_length: 12 } }],
    "another end cut": [
      "texts cut from the left by tokenizer.json",
      { "tokenizer_config.json": { truncation_side: "right" } },
    ],
  };
  test.each(Object.keys(mistakes))("%s", async (mistake) => {
    const [name, json, prompt] = mistakes[mistake]!;
    const right = cases[name]!;
    const changed = { ...right, json: { ...right.json, ...json }, ...(prompt && { prompt }) };
    expect(await difference(name, changed)).toBeGreaterThan(10 * tolerance);
  });
});
