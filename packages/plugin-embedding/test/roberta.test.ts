import { describe, expect, test } from "vitest";
import type { SyntheticTensor } from "@kindred/core/testing";
import { roberta } from "@kindred/text-encoders";
import type { Architecture } from "@kindred/text-encoders";
import { encoderConfig } from "../../text-encoders/src/architectures/encoder-config.ts";
import { encoderGraph } from "../../text-encoders/src/graphs/encoder.ts";
import { tokenTypes } from "../../text-encoders/src/graphs/token-types.ts";
import { difference, tolerance } from "./difference.ts";
import { distance, golden, texts } from "./golden.ts";
import { served } from "./served.ts";
import type { ServedOptions } from "./served.ts";

const folder = "multilingual-e5-tiny";
const padded = "A quick <pad> brown fox <pad><pad> jumps.";

/** How far the vector of a text with its padding's token inside is from the recorded one. */
async function ofPadded(options: ServedOptions = {}): Promise<number> {
  await using model = await served(folder, options);
  const [vector] = await model.embed({ input: [padded] });
  return distance(vector, golden(folder).padded);
}

test("the padding's token is not counted inside a text, alone and in one run with longer ones", async () => {
  expect(await ofPadded()).toBeLessThan(tolerance);
  await using model = await served(folder, { together: true });
  const [vector] = await model.embed({ input: [padded, Array(5).fill(padded).join(" ")] });
  expect(distance(vector, golden(folder).padded)).toBeLessThan(tolerance);
});

describe("the limit is the places behind the padding's", () => {
  const untold = { "sentence_bert_config.json": null, "tokenizer_config.json": null };
  const wider = { max_seq_length: 512 };
  test.each<[string, NonNullable<ServedOptions["json"]>, number]>([
    ["when no file says another", untold, 128],
    ["when its files say more", { "sentence_bert_config.json": wider }, 128],
    ["with another id of padding", { ...untold, "config.json": { pad_token_id: 5 } }, 124],
  ])("%s", async (_, json, max) => {
    await using model = await served(folder, { json });
    expect(model.info.info).toMatchObject({ max_tokens: max });
    const ids = Array.from({ length: max - 2 }, (_, i) => 4 + i);
    await expect(model.embed({ input: [ids, [7]] })).resolves.toHaveLength(2);
    await expect(model.embed({ input: [[...ids, 7]] })).rejects.toThrow(`is ${max} tokens`);
  });

  test("and a table without any behind it is refused", async () => {
    const json = { "config.json": { pad_token_id: 129 } };
    await using model = await served(folder, { json });
    expect(model.info.reason).toMatch(/pad_token_id: max_position_embeddings is 130/);
  });
});

describe("weights are served", () => {
  test.each(["roberta", "camembert"])("of a %s", async (model_type) => {
    const json = { "config.json": { model_type } };
    expect(await difference(folder, { json })).toBeLessThan(tolerance);
  });

  test("in shards", async () => {
    expect(await difference(folder, { sharded: true })).toBeLessThan(tolerance);
  });

  test("of a model with a head for masked words", async () => {
    const extra: SyntheticTensor[] = [
      { name: "lm_head.bias", shape: [1600], dtype: "F32" },
      { name: "roberta.embeddings.position_ids", shape: [1, 130], dtype: "I64" },
    ];
    const rename = (name: string): string =>
      /^(lm_head|roberta)\./.test(name) ? name : `roberta.${name}`;
    expect(await difference(folder, { rename, extra })).toBeLessThan(tolerance);
  });
});

test("prompts go before texts as the reference puts them", async () => {
  await using model = await served(folder);
  const { prompted } = golden(folder);
  const input = Object.keys(prompted).map((text) => texts[text]!);
  const found = await model.embed({ input, prompt: "passage" });
  for (const [i, expected] of Object.values(prompted).entries()) {
    expect(distance(found[i], expected)).toBeLessThan(tolerance);
  }
});

describe("a mistake moves vectors by ten times the tolerance and more", () => {
  test("cls instead of mean", async () => {
    const json = { "1_Pooling/config.json": { pooling_mode: "cls" } };
    expect(await difference(folder, { json })).toBeGreaterThan(10 * tolerance);
  });

  test("places counted from the table's first row, as BERT counts them", async () => {
    const json = { "config.json": { model_type: "bert" } };
    expect(await difference(folder, { json })).toBeGreaterThan(10 * tolerance);
  });

  test("the padding's token counted inside a text", async () => {
    expect(await difference(folder, { architecture: counting })).toBeLessThan(tolerance);
    expect(await ofPadded({ architecture: counting })).toBeGreaterThan(10 * tolerance);
  });
});

const [{ matches, read }] = roberta.filter(({ name }) => name === "xlm-roberta") as [Architecture];

/** XLM-RoBERTa whose padding's token has a place of its own. */
const counting: Architecture = {
  name: "counting",
  matches,
  read,
  graph(json, weights, head) {
    const config = encoderConfig(json, "counting");
    const { max_position_embeddings: count, hidden_size: width } = config;
    return encoderGraph(
      {
        name: "counting",
        config,
        embeddings(g, ids) {
          const table = g.weight("position_embeddings.weight", [count, width]);
          const length = g.node("Gather", [g.node("Shape", [ids]), g.int64([1])]);
          const end = g.node("Add", [length, g.int64([2])]);
          return [tokenTypes(g, config), g.node("Slice", [table, g.int64([2]), end])];
        },
      },
      weights,
      head,
    );
  },
};
