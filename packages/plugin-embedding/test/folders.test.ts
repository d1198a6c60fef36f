import { describe, expect, test } from "vitest";
import { served } from "./served.ts";
import type { ServedOptions } from "./served.ts";

/** Why a changed fixture cannot be served. */
async function reason(name: string, options: ServedOptions): Promise<string | undefined> {
  await using model = await served(name, options);
  expect(model.info.state).toBe("failed");
  return model.info.reason;
}

async function family(folder: string, config: object = {}): Promise<string | undefined> {
  const json = { "config.json": config };
  await using model = await served("max-tiny", { id: "model", folder, json });
  return model.info.family;
}

describe("a folder is recognised", () => {
  test.each([
    ["bge-small-en-v1.5", "bge"],
    ["models--BAAI--bge-large-zh/snapshots/5c38ec7c", "bge"],
    ["models--intfloat--e5-large-v2/snapshots/5c38ec7c", "e5"],
    ["gte-base", "gte"],
    ["all-MiniLM-L6-v2", "sentence-transformers"],
    ["multilingual-e5-base", "e5"],
    ["multilingual-e5-large-instruct", "sentence-transformers"],
    ["gte-base-en-v1.5", "sentence-transformers"],
    ["bge-and-gte/all-MiniLM-L6-v2", "sentence-transformers"],
  ])("by its name %s, as %s", async (folder, expected) => {
    expect(await family(folder)).toBe(expected);
  });

  test("by what its config.json says it was made from", async () => {
    expect(await family("mine", { _name_or_path: "BAAI/bge-base-en-v1.5" })).toBe("bge");
  });
});

describe("prompts follow the checkpoint", () => {
  test.each([
    ["bge-base-zh", { query: "为这个句子生成表示以用于检索相关文章：" }],
    ["bge-large-zh-noinstruct", { query: "" }],
  ])("%s", async (folder, { query }) => {
    await using model = await served("bge-tiny", { id: "model", folder });
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
    "code of its own": [
      { "modules.json": [{ path: "", type: "custom_st.Transformer" }] },
      /asks for custom_st\.Transformer, which is Python code that the model brings/,
    ],
    "modules without a Pooling": [
      { "modules.json": [{ path: "", type: "sentence_transformers.models.Transformer" }] },
      /lists no Pooling module/,
    ],
    "a module of several vectors": [
      {
        "modules.json": [{ path: "2_Normalize", type: "Normalize" }],
        "2_Normalize/config.json": { module_input_name: "token_embeddings" },
      },
      /2_Normalize\/config\.json asks for what is not served\. module_input_name/,
    ],
    "a Transformer outside of its folder": [
      { "modules.json": [{ path: "../other", type: "Transformer" }] },
      /there is no \.\.\/other\/config\.json/,
    ],
    "an unknown pooling mode": [
      { "1_Pooling/config.json": { pooling_mode: ["cls", "median"] } },
      /1_Pooling\/config.json asks for the pooling mode "median"/,
    ],
    "an unknown flag of a pooling mode": [
      { "1_Pooling/config.json": { pooling_mode_median_tokens: true } },
      /1_Pooling\/config.json asks for the pooling mode "pooling_mode_median_tokens"/,
    ],
    "a pooling mode that every object has": [
      { "1_Pooling/config.json": { pooling_mode: "constructor" } },
      /asks for the pooling mode "constructor"/,
    ],
    "a list of no pooling modes": [
      { "1_Pooling/config.json": { pooling_mode: [] } },
      /1_Pooling\/config\.json is not sound\. pooling_mode/,
    ],
    "a default prompt that there is not": [
      {
        "config_sentence_transformers.json": { prompts: { a: "b: " }, default_prompt_name: "poem" },
      },
      /default_prompt_name of config_sentence_transformers\.json: The model has no prompt "poem"\. Its prompts are "a"/,
    ],
    "prompts that are no texts": [
      { "config_sentence_transformers.json": { prompts: { query: 7 } } },
      /config_sentence_transformers\.json is not sound\. prompts\.query/,
    ],
    "queries that are expanded": [
      { "sentence_bert_config.json": { query_expansion: { strategy: "fixed", length: 32 } } },
      /sentence_bert_config\.json is not sound\. query_expansion: this is not served/,
    ],
    "a task of another head": [
      { "sentence_bert_config.json": { transformer_task: "fill-mask" } },
      /transformer_task: this is not served/,
    ],
    "texts without special tokens": [
      {
        "sentence_bert_config.json": { processing_kwargs: { text: { add_special_tokens: false } } },
      },
      /processing_kwargs\.text\.add_special_tokens/,
    ],
    "the tokenizer of another repository": [
      { "sentence_bert_config.json": { tokenizer_name_or_path: "acme/tokenizer" } },
      /tokenizer_name_or_path: this is not served/,
    ],
    "a missing pooling config": [{ "1_Pooling/config.json": null }, /names 1_Pooling\/config.json/],
    "relative positions": [
      { "config.json": { position_embedding_type: "relative_key" } },
      /position_embedding_type/,
    ],
    "an activation that every object has": [
      { "config.json": { hidden_act: "constructor" } },
      /hidden_act "constructor" is not known here; known: gelu/,
    ],
    "an activation that every object is made from": [
      { "config.json": { hidden_act: "__proto__" } },
      /hidden_act "__proto__" is not known/,
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
    "a sentencepiece model alone": [
      { "tokenizer.json": null, "sentencepiece.bpe.model": [] },
      /there is no tokenizer\.json, and sentencepiece\.bpe\.model is not read by itself.*save_pretrained/,
    ],
    "a tokenizer that is none": [
      { "tokenizer.json": { model: 1 } },
      /cannot be opened: tokenizer\.json: /,
    ],
    "no weights": [
      { "model.safetensors": null },
      /no weights that can be read\. There is no model\.safetensors/,
    ],
    "a file of PyTorch's that is none": [
      { "model.safetensors": null, "pytorch_model.bin": [] },
      /pytorch_model\.bin" has 2 bytes, and is not a zip as torch\.save writes it\. Fetch it again/,
    ],
  };
  test.each(Object.keys(failures))("%s", async (what) => {
    const [json, message] = failures[what]!;
    expect(await reason("max-tiny", { json })).toMatch(message);
  });

  test("a launch with a prompt that the model does not have", async () => {
    expect(await reason("e5-tiny", { options: { prompt: "poem" } })).toMatch(
      /option prompt: The model has no prompt "poem"\. Its prompts are "query", "passage"/,
    );
  });

  test("an unknown launch option", async () => {
    expect(await reason("max-tiny", { options: { pooling: "cls" } })).toMatch(/pooling/);
  });
});
