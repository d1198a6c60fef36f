import { allArchitectures, bert } from "@kindred/text-encoders";
import { describe, expect, test } from "vitest";
import { difference, tolerance } from "./difference.ts";
import { read } from "./golden.ts";
import { served } from "./served.ts";

/** Published config.json files with bge-tiny's sizes, and the fields that tell them from BERT. */
const lookAlikes: Readonly<
  Record<string, { readonly config: object; readonly told: readonly string[] }>
> = read("fixtures/look-alikes.json");

/** All of bge-tiny's fields taken away, so that a config stands alone. */
const none = Object.fromEntries(
  Object.keys(read("fixtures/bge-tiny/config.json")).map((name) => [name, undefined]),
);

const known = allArchitectures.map(({ name }) => name).join(", ");

async function reason(config: object, family?: string): Promise<string | undefined> {
  const json = { "config.json": { ...none, ...config } };
  await using model = await served("bge-tiny", {
    id: "mine",
    folder: "mine",
    json,
    ...(family && { family }),
  });
  expect(model.info.state).toBe("failed");
  return model.info.reason;
}

describe.each(Object.keys(lookAlikes))("the weights of %s", (name) => {
  const { config, told } = lookAlikes[name]!;

  test.each([undefined, "e5", "bge", "sentence-transformers"])(
    "are refused for what they are when the launch names the family %s",
    async (family) => {
      const message = await reason(config, family);
      for (const field of told) expect(message).toContain(field);
      expect(message).toContain(`Architectures that have one: ${known}.`);
      expect(message).toContain("add onnx/model.onnx");
      expect(message).not.toMatch(/family|at launch/);
    },
  );
});

describe("weights that BERT's graph would take and answer wrongly are refused", () => {
  test.each<[string, string, object]>([
    ["multilingual-e5-xl", "e5", { model_type: "xlm-roberta-xl" }],
    ["nli-data2vec", "sentence-transformers", { model_type: "data2vec-text" }],
    ["bge-prelayernorm", "bge", { model_type: "roberta-prelayernorm" }],
    ["gte-electra", "gte", { model_type: "electra", architectures: ["BertModel"] }],
  ])("%s with #%s", async (id, family, changes) => {
    const json = { "config.json": changes };
    await using model = await served("bge-tiny", { id, family, json });
    expect(model.info.state).toBe("failed");
    expect(model.info.reason).toContain(
      `config.json says model_type ${JSON.stringify((changes as { model_type: string }).model_type)}`,
    );
    expect(model.info.reason).toContain("add onnx/model.onnx");
    expect(model.info.reason).not.toMatch(/#|--model|family|at launch/);
  });
});

test.each(["e5", "bge", "gte", "sentence-transformers"])(
  "XLM-RoBERTa has a graph of its own when the launch names the family %s",
  async (family) => {
    expect(await difference("multilingual-e5-tiny", { family })).toBeLessThan(tolerance);
  },
);

test("a folder without a config.json is refused for that", async () => {
  await using model = await served("bge-tiny", { family: "bge", json: { "config.json": null } });
  expect(model.info.reason).toContain("there is no config.json");
});

describe("BERT is recognised", () => {
  const config = read("fixtures/bge-tiny/config.json");
  test.each<[string, object]>([
    ["a head for masked words", { architectures: ["BertForMaskedLM"] }],
    ["a class of its author's", { architectures: ["Contriever"] }],
    ["a class of ColBERT's", { architectures: ["HF_ColBERT"] }],
    ["no class", { architectures: undefined }],
    ["settings of null", { position_embedding_type: null, is_decoder: null, auto_map: null }],
    ["code for its tokenizer only", { auto_map: { AutoTokenizer: [null, "tokenizer.Fast"] } }],
  ])("with %s", (_, changes) => {
    expect(bert.matches({ ...config, ...changes })).toBe(true);
  });
});
