import { createKernel } from "@kindred/core";
import { asModelFamily, embeddingTask } from "@kindred/plugin-embedding";
import type { EmbeddingRequest, Embeddings } from "@kindred/plugin-embedding";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixture } from "./fixture.ts";
import { distance, texts } from "./golden.ts";
import { served } from "./served.ts";
import type { Served, ServedOptions } from "./served.ts";

const prompts = { query: "find: ", document: "" };
const fullLength = texts["full length"]!;
/** In the fixtures' vocabulary. */
const [the, of, to] = [273, 300, 301] as const;
/** [CLS] and [SEP]. */
const [start, end] = [2, 3] as const;

let model: Served;
beforeAll(async () => {
  model = await served("bge-tiny", { json: { "config_sentence_transformers.json": { prompts } } });
});
afterAll(() => model[Symbol.asyncDispose]());

function norm(vector: Float32Array | undefined): number {
  return Math.hypot(...(vector ?? []));
}

function answer(request: EmbeddingRequest): Promise<Embeddings> {
  return model.answer(request);
}

async function tokens(request: EmbeddingRequest): Promise<number> {
  return (await answer(request)).tokens;
}

test("a model's facts are told", () => {
  expect(model.info).toMatchObject({
    family: "bge",
    task: "embedding",
    state: "ready",
    info: {
      model_type: "embedding",
      model_ability: ["embed"],
      dimensions: 48,
      max_tokens: 512,
      prompts: ["query", "document"],
    },
  });
});

test("tokens are counted as run, with special tokens and prompts and after truncation", async () => {
  expect(await tokens({ input: ["hello", "the of to"] })).toBe(3 + 5);
  expect(await tokens({ input: [`${fullLength} and and`], truncate: true })).toBe(512);
  const prompt = (await tokens({ input: ["find:"] })) - 2;
  expect(await tokens({ input: ["hello", "hello"], prompt: "query" })).toBe(2 * (3 + prompt));
});

describe("a request that sets the most tokens of a text", () => {
  const input = ["the of to and", "of"];

  test("has longer ones cut there, and says how many", async () => {
    const cut = await answer({ input, maxTokens: 4 });
    expect(cut.tokens).toBe(4 + 3);
    expect(cut.warnings).toEqual(["1 of 2 texts was cut to 4 tokens, as the request asks."]);
    expect(cut.vectors).toEqual((await answer({ input: ["the of", "of"] })).vectors);
  });

  test("has them cut where the model ends, if that is sooner", async () => {
    const { tokens, warnings } = await answer({ input: [`${fullLength} and`], maxTokens: 600 });
    expect(tokens).toBe(512);
    expect(warnings).toEqual([
      "The text was cut to 512 tokens, which is all that the model takes.",
    ]);
  });

  test("leaves a token of the text", async () => {
    await expect(answer({ input, maxTokens: 2 })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "maxTokens",
      message:
        "maxTokens is 2, and 2 of them are special tokens, which leaves none of a text. Ask for 3 or more.",
    });
  });
});

test("a text of more characters than are read is refused", async () => {
  await expect(
    model.embed({ input: ["a", "a".repeat(250_001)], truncate: true }),
  ).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param: "input",
    message: "input[1] has 250001 characters; 250000 are read at most. Send it in parts.",
  });
});

test("a token that the tokenizer of another model makes is not called the client's fault", async () => {
  const json = { "tokenizer.json": foreignTokenizer };
  await using other = await served("bge-tiny", { json });
  await expect(other.embed({ input: ["known foreign"] })).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringMatching(/made the token id 88888 of input\[0\]; .*are 0 to 2999/),
  });
});

const foreignTokenizer = {
  version: "1.0",
  added_tokens: [],
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordLevel", vocab: { known: 5, foreign: 88888 }, unk_token: "known" },
};

/** Each letter of a prompt is a token, and nothing goes around a text. */
const withoutSpecialTokens = {
  post_processor: null,
  pre_tokenizer: { type: "Split", pattern: { Regex: "" }, behavior: "Isolated", invert: false },
};

describe("token ids", () => {
  test("give the vector of their text", async () => {
    const [ofText, ofIds] = await model.embed({ input: ["the of to", [the, of, to]] });
    expect(ofIds).toEqual(ofText);
  });

  test("come after a prompt as a text does", async () => {
    const input = ["the of to", [the, of, to]];
    const [ofText, ofIds] = await model.embed({ input, prompt: "query" });
    expect(ofIds).toEqual(ofText);
    const [bare] = await model.embed({ input });
    expect(distance(ofText, bare)).toBeGreaterThan(1e-4);
  });

  test.each([3000, -1, 1.5, 2 ** 40])("%d is refused", async (id) => {
    await expect(model.embed({ input: ["a", [the, id]] })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "input",
      message: `input[1] has the token id ${id}; the model's ids are 0 to 2999. Ids of another tokenizer stand for other words: send texts. LangChain's OpenAIEmbeddings does so with check_embedding_ctx_length=False.`,
    });
  });

  test.each<[string, readonly number[]]>([
    ["both", [start, the, of, to, end]],
    ["neither", [the, of, to]],
  ])(
    "with %s of the model's special tokens around them give the vector of their text",
    async (_, ids) => {
      const input = ["the of to", ids];
      for (const prompt of [undefined, "query"]) {
        const [ofText, ofIds] = await model.embed({ input, prompt });
        expect(ofIds).toEqual(ofText);
      }
      expect(await tokens({ input })).toBe(10);
    },
  );

  test.each<[string, readonly number[], number]>([
    ["the start alone", [start, the, of], 5],
    ["the end alone", [the, of, end], 5],
    ["no more than the start", [start], 3],
    ["nothing between them", [start, end], 2],
  ])("with %s are counted as they run", async (_, ids, count) => {
    expect(await tokens({ input: [ids] })).toBe(count);
  });

  test("with special tokens, as long as the model takes them, are not cut", async () => {
    const input = [[start, ...Array<number>(510).fill(the), end]];
    expect(await tokens({ input })).toBe(512);
  });

  test("beyond the limit are refused or cut as texts are", async () => {
    const input = [Array<number>(511).fill(the)];
    await expect(model.embed({ input })).rejects.toThrow("input[0] has 513 tokens");
    expect(await tokens({ input, truncate: true })).toBe(512);
  });
});

describe("a text beyond the limit", () => {
  test("is refused with the limit, the count and its place", async () => {
    await expect(model.embed({ input: ["a", `${fullLength} and`] })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "input",
      message:
        "input[1] has 513 tokens, special tokens included. This model's maximum context length is 512 tokens. Shorten it, send truncate: true, or launch the model with options: { truncate: true }.",
    });
  });

  test("that just fits is taken", async () => {
    expect(await answer({ input: [fullLength] })).toMatchObject({ tokens: 512 });
    expect(await answer({ input: [fullLength], truncate: true })).not.toHaveProperty("warnings");
  });

  test("is cut when the request asks for it, and the answer says how many were", async () => {
    const long = `${fullLength} and`;
    const three = await answer({
      input: ["a", long, Array<number>(600).fill(the)],
      truncate: true,
    });
    expect(three.warnings).toEqual([
      "2 of 3 texts were cut to 512 tokens, which is all that the model takes.",
    ]);
    const { warnings } = await answer({ input: [long], truncate: true });
    expect(warnings).toEqual([
      "The text was cut to 512 tokens, which is all that the model takes.",
    ]);
  });

  test("is cut when the launch says so and the request nothing else", async () => {
    await using cutting = await served("bge-tiny", { options: { truncate: true } });
    const input = [`${fullLength} and`];
    const { vectors, warnings } = await cutting.answer({ input });
    expect(vectors).toEqual(await model.embed({ input, truncate: true }));
    expect(warnings).toHaveLength(1);
    await expect(cutting.embed({ input, truncate: false })).rejects.toThrow("has 513 tokens");
  });
});

describe("dimensions", () => {
  test("keeps the head of each vector, at unit length", async () => {
    const [whole] = await model.embed({ input: ["hello"] });
    const [head] = await model.embed({ input: ["hello"], dimensions: 8 });
    const length = norm(whole?.subarray(0, 8));
    expect(norm(head)).toBeCloseTo(1, 6);
    expect(
      distance(
        head,
        whole?.slice(0, 8).map((value) => value / length),
      ),
    ).toBeLessThan(1e-6);
  });

  test("does not stretch the vectors of a model that does not normalise", async () => {
    await using plain = await served("max-tiny");
    const [whole] = await plain.embed({ input: ["hello"] });
    const [head] = await plain.embed({ input: ["hello"], dimensions: 8 });
    expect(norm(whole)).not.toBeCloseTo(1, 1);
    expect(head).toEqual(whole?.slice(0, 8));
  });

  test("of a model that is not known to be trained for fewer come with a warning", async () => {
    const { warnings } = await answer({ input: ["hello"], dimensions: 8 });
    expect(warnings).toEqual([
      "Vectors were cut from 48 to 8 dimensions. Nothing says that the model was trained for fewer (Matryoshka), so they may be less accurate.",
    ]);
    expect(await answer({ input: ["hello"], dimensions: 48 })).not.toHaveProperty("warnings");
    expect(await answer({ input: ["hello"] })).not.toHaveProperty("warnings");
  });

  test.each<[string, ServedOptions["json"] & object, number, string | undefined]>([
    ["for these", { "config.json": { matryoshka_dimensions: [8, 16, 48] } }, 8, undefined],
    [
      "for others",
      { "config.json": { matryoshka_dimensions: [8, 16, 48] } },
      12,
      "Vectors were cut from 48 to 12 dimensions. The model was trained for 8, 16, 48, so they may be less accurate.",
    ],
    ["for any", { "config.json": { is_matryoshka: true } }, 12, undefined],
    [
      "and saved for these",
      { "config_sentence_transformers.json": { truncate_dim: 12 } },
      12,
      undefined,
    ],
  ])("of a model that says it was trained %s: %j, %d", async (_, json, dimensions, warning) => {
    await using trained = await served("bge-tiny", { json });
    const { warnings = [] } = await trained.answer({ input: ["hello"], dimensions });
    expect(warnings).toEqual(warning === undefined ? [] : [warning]);
  });

  test("of a checkpoint that is known to be trained for them come without a warning", async () => {
    const family = asModelFamily({
      name: "known",
      match: () => "own",
      defaults: { pooling: "cls", normalize: true },
      checkpoints: [
        {
          name: "nested",
          repo: "acme/nested",
          revision: "main",
          defaults: { matryoshka: [8] },
        },
      ],
    });
    await using folder = await fixture("bge-tiny");
    await using kernel = await createKernel({
      plugins: [{ contract: 1, name: "known", families: [family] }],
      models: [{ id: "nested", source: folder.path }],
    });
    const request = { input: ["hello"], dimensions: 8 };
    expect(await kernel.run(embeddingTask, "nested", request)).not.toHaveProperty("warnings");
  });

  test.each([0, 49, 1.5])("%d is refused", async (dimensions) => {
    await expect(model.embed({ input: ["a"], dimensions })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "dimensions",
    });
  });
});

describe("prompts", () => {
  test("are never added unasked", async () => {
    const [silent, asked] = [
      await model.embed({ input: ["find: hello"] }),
      await model.embed({ input: ["hello"], prompt: "query" }),
    ];
    expect(asked).toEqual(silent);
    expect(await tokens({ input: ["hello"] })).toBe(3);
  });

  test("are found under other names for texts that search and that are searched", async () => {
    const input = ["hello"];
    const query = await model.embed({ input, prompt: "query" });
    expect(await model.embed({ input, prompt: "search_query" })).toEqual(query);
    const document = await model.embed({ input, prompt: "document" });
    expect(document).not.toEqual(query);
    for (const prompt of ["passage", "corpus", "search_document"]) {
      expect(await model.embed({ input, prompt })).toEqual(document);
    }
  });

  test("of any name that the model has are taken, also where it stands for others elsewhere", async () => {
    const own = { search_query: "look: ", query: "find: ", clustering: "group: " };
    const json = { "config_sentence_transformers.json": { prompts: own } };
    await using named = await served("bge-tiny", { json });
    for (const [prompt, text] of Object.entries(own)) {
      const written = await named.embed({ input: [`${text}hello`] });
      expect(await named.embed({ input: ["hello"], prompt })).toEqual(written);
    }
  });

  test("that the model lacks are refused, naming those it has", async () => {
    await expect(model.embed({ input: ["hello"], prompt: "clustering" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "prompt",
      message: 'The model has no prompt "clustering". Its prompts are "query", "document".',
    });
  });

  test("that a launch sets go before texts of silent requests", async () => {
    await using queries = await served("e5-tiny", { options: { prompt: "query" } });
    const silent = await queries.embed({ input: ["hello"] });
    expect(silent).toEqual(await queries.embed({ input: ["hello"], prompt: "query" }));
    expect(silent).not.toEqual(await queries.embed({ input: ["hello"], prompt: "passage" }));
  });

  test("that a folder names give way to the launch's, and are told", async () => {
    const json = { "config_sentence_transformers.json": { prompts, default_prompt_name: "query" } };
    await using named = await served("bge-tiny", { json });
    expect(named.info.info).toMatchObject({ default_prompt: "query" });
    expect(model.info.info).not.toHaveProperty("default_prompt");
    const bare = await model.embed({ input: ["hello"] });
    expect(await named.embed({ input: ["hello"] })).not.toEqual(bare);
    for (const prompt of ["document", ""]) {
      await using launched = await served("bge-tiny", { json, options: { prompt } });
      expect(await launched.embed({ input: ["hello"] })).toEqual(bare);
    }
  });

  test("that pooling leaves out need a text that is not all cut away", async () => {
    const json = {
      "1_Pooling/config.json": { include_prompt: false },
      "sentence_bert_config.json": { max_seq_length: 4 },
      "tokenizer.json": withoutSpecialTokens,
      // BertTokenizer would place special tokens itself.
      "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizerFast" },
    };
    await using short = await served("e5-tiny", { json });
    const request = { input: ["a", "b"], prompt: "query", truncate: true };
    await expect(short.embed(request)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "input",
      message:
        "input[0] has no token beside its prompt among its first 4, and the model does not count prompts. Name no prompt.",
    });
  });
});

test("an aborted request ends with ABORTED", async () => {
  const request = model.kernel.run(
    embeddingTask,
    undefined,
    { input: ["hello"] },
    { signal: AbortSignal.abort() },
  );
  await expect(request).rejects.toMatchObject({ code: "ABORTED" });
});
