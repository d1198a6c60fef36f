import { describe, expect, test } from "vitest";
import { served } from "./served.ts";
import type { ServedOptions } from "./served.ts";

/** Why a changed fixture cannot be served. */
async function reason(name: string, options: ServedOptions): Promise<string | undefined> {
  await using model = await served(name, options);
  expect(model.info.state).toBe("failed");
  return model.info.reason;
}

async function family(id: string, config: object = {}): Promise<string | undefined> {
  await using model = await served("max-tiny", { id, json: { "config.json": config } });
  return model.info.family;
}

describe("a folder is recognised", () => {
  test.each([
    ["bge-small-en-v1.5", "bge"],
    ["BAAI/bge-large-zh", "bge"],
    ["intfloat/e5-large-v2", "e5"],
    ["gte-base", "gte"],
    ["all-MiniLM-L6-v2", "sentence-transformers"],
    ["multilingual-e5-base", "e5"],
    ["multilingual-e5-large-instruct", "sentence-transformers"],
    ["gte-base-en-v1.5", "sentence-transformers"],
    ["bge-and-gte/all-MiniLM-L6-v2", "sentence-transformers"],
  ])("by its id %s, as %s", async (id, expected) => {
    expect(await family(id)).toBe(expected);
  });

  test("by what its config.json says it was made from", async () => {
    expect(await family("mine", { _name_or_path: "BAAI/bge-base-en-v1.5" })).toBe("bge");
  });
});

describe("prompts follow the checkpoint", () => {
  test.each([
    ["bge-base-zh", { query: "为这个句子生成表示以用于检索相关文章：" }],
    ["bge-large-zh-noinstruct", { query: "" }],
  ])("%s", async (id, { query }) => {
    await using model = await served("bge-tiny", { id });
    const [asked] = await model.embed({ input: ["hello"], prompt: "query" });
    expect(asked).toEqual((await model.embed({ input: [`${query}hello`] }))[0]);
  });

  test("that config.json names, whatever its case", async () => {
    const json = { "config.json": { _name_or_path: "baai/BGE-base-zh" } };
    await using model = await served("bge-tiny", { id: "mine", json });
    const [asked] = await model.embed({ input: ["hello"], prompt: "query" });
    const prompted = ["为这个句子生成表示以用于检索相关文章：hello"];
    expect(asked).toEqual((await model.embed({ input: prompted }))[0]);
  });
});

describe("the family's facts stand when modules.json is missing", () => {
  const json = { "modules.json": null };
  test("e5: mean, at unit length", async () => {
    await using told = await served("e5-tiny");
    await using untold = await served("e5-tiny", { json });
    expect(await untold.embed({ input: ["hello"] })).toEqual(
      await told.embed({ input: ["hello"] }),
    );
  });
  test("bge: the first token, at unit length", async () => {
    await using told = await served("bge-tiny");
    await using untold = await served("bge-tiny", { json });
    expect(await untold.embed({ input: ["hello"] })).toEqual(
      await told.embed({ input: ["hello"] }),
    );
  });
});

test("several pooling modes follow one another", async () => {
  const several = { "1_Pooling/config.json": { pooling_mode: ["cls", "mean"] } };
  await using both = await served("max-tiny", { json: several });
  await using cls = await served("max-tiny", {
    json: { "1_Pooling/config.json": { pooling_mode: "cls" } },
  });
  const [vector] = await both.embed({ input: ["hello"] });
  const [first] = await cls.embed({ input: ["hello"] });
  expect(both.info.info).toMatchObject({ dimensions: 64 });
  expect(vector?.slice(0, 32)).toEqual(first);
});

describe("a folder that cannot be served fails with a reason that names the fault", () => {
  const dense = [{ path: "2_Dense", type: "sentence_transformers.models.Dense" }];
  const failures: Record<string, readonly [ServedOptions["json"] & object, RegExp]> = {
    "a Dense module": [{ "modules.json": dense }, /asks for a Dense module \(2_Dense\)/],
    "an unknown pooling mode": [
      { "1_Pooling/config.json": { pooling_mode: "lasttoken" } },
      /1_Pooling\/config.json asks for the pooling mode "lasttoken"/,
    ],
    "pooling without prompts": [
      { "1_Pooling/config.json": { include_prompt: false } },
      /include_prompt/,
    ],
    "a missing pooling config": [{ "1_Pooling/config.json": null }, /names 1_Pooling\/config.json/],
    "relative positions": [
      { "config.json": { position_embedding_type: "relative_key" } },
      /position_embedding_type/,
    ],
    "an unknown activation": [{ "config.json": { hidden_act: "mish" } }, /hidden_act "mish"/],
    "heads that do not divide the width": [
      { "config.json": { num_attention_heads: 5 } },
      /num_attention_heads: hidden_size is no multiple/,
    ],
    "a limit that is no number": [
      { "sentence_bert_config.json": { max_seq_length: "all" } },
      /sentence_bert_config\.json is not sound\. max_seq_length/,
    ],
    "modules that are no list": [{ "modules.json": { 0: "x" } }, /modules\.json is no list/],
    "modules without a type": [{ "modules.json": [{ path: "" }] }, /modules\.json .*\[0\]\.type/],
    "a config without sizes": [{ "config.json": { hidden_size: undefined } }, /hidden_size/],
    "weights of another size": [
      { "config.json": { intermediate_size: 65 } },
      /intermediate\.dense\.weight/,
    ],
    "no tokenizer": [{ "tokenizer.json": null }, /neither a tokenizer\.json nor a vocab\.txt/],
    "a tokenizer that is none": [
      { "tokenizer.json": { model: 1 } },
      /cannot be opened: tokenizer\.json: /,
    ],
    "no weights": [
      { "model.safetensors": null },
      /no weights that can be read\. There is no model\.safetensors/,
    ],
    "a pickle": [
      { "model.safetensors": null, "pytorch_model.bin": [] },
      /pytorch_model\.bin is a pickle.*save_pretrained/,
    ],
  };
  test.each(Object.keys(failures))("%s", async (what) => {
    const [json, message] = failures[what]!;
    expect(await reason("max-tiny", { json })).toMatch(message);
  });

  test("a launch with a prompt that the model does not have", async () => {
    expect(await reason("e5-tiny", { options: { prompt_name: "poem" } })).toMatch(
      /prompt_name: The model has no prompt "poem"\. Its prompts are "query", "passage"/,
    );
  });

  test("an unknown launch option", async () => {
    expect(await reason("max-tiny", { options: { pooling: "cls" } })).toMatch(/pooling/);
  });
});
