import { readFile } from "node:fs/promises";
import { createKernel } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { serve } from "@kindred/server-koa";
import { expect, test } from "vitest";
import { fixture } from "../../../packages/plugin-embedding/test/fixture.ts";
import rerank, { rerankTask } from "../src/index.ts";
import { crossEncoderFolder } from "./cross-encoder-folder.ts";

const request = await json("fixture/request.json");
const { scores } = await json("golden/scores.json");
const tolerance = 1e-5;

test("scores are transformers', alone and in a batch", async () => {
  await using model = await crossEncoderFolder();
  expect(furthest(await scoresOf(model.path, request.documents))).toBeLessThan(tolerance);
  const [longest] = await scoresOf(model.path, [request.documents[5]]);
  expect(Math.abs(longest! - scores[5])).toBeLessThan(tolerance);
});

/** BertTokenizer places special tokens itself, so a mistake in `tokenizer.json` counts for a class that takes it as it is. */
const ownPostProcessor = {
  "tokenizer_config.json": (config: any) => (config.tokenizer_class = "PreTrainedTokenizerFast"),
};
const mutations = {
  "types of tokens": {
    ...ownPostProcessor,
    "tokenizer.json": ({ post_processor }: any) => {
      for (const part of post_processor.pair) Object.values<any>(part)[0].type_id = 0;
    },
  },
  "the number of heads": {
    "config.json": (config: any) => (config.num_attention_heads = 4),
  },
  "the separator": {
    ...ownPostProcessor,
    "tokenizer.json": ({ post_processor }: any) => post_processor.pair.splice(2, 1),
  },
};
test.each(Object.entries(mutations))("a mistake in %s moves the scores", async (_, change) => {
  await using model = await crossEncoderFolder(change);
  const found = await scoresOf(model.path, request.documents);
  expect(furthest(found)).toBeGreaterThan(10 * tolerance);
});

test("POST /v1/rerank ranks documents beside embeddings", async () => {
  await using model = await crossEncoderFolder();
  await using texts = await fixture("bge-tiny");
  const kernel = await createKernel({
    plugins: [embedding(), rerank()],
    models: [
      { id: "reranker", source: model.path },
      { id: "embedder", source: texts.path },
    ],
  });
  const { url, close } = await serve(kernel, { port: 0 });
  try {
    const ranked = await post(`${url}/v1/rerank`, { ...request, model: "reranker", top_n: 3 });
    expect(ranked.results).toHaveLength(3);
    const best = scores.indexOf(Math.max(...scores));
    expect(ranked.results[0].index).toBe(best);
    expect(Math.abs(ranked.results[0].relevance_score - scores[best])).toBeLessThan(tolerance);
    expect(ranked.usage.total_tokens).toBeGreaterThan(0);

    const embedded = await post(`${url}/v1/embeddings`, { model: "embedder", input: "a fox" });
    expect(embedded.data[0].embedding).toHaveLength(48);

    const refused = await post(`${url}/v1/rerank`, { query: "fox", documents: [] });
    expect(refused.error.param).toBe("documents");
    const mistaken = await post(`${url}/v1/rerank`, { ...request, model: "embedder" });
    expect(mistaken.error.code).toBe("TASK_MISMATCH");
  } finally {
    await close();
  }
});

test("the reply warns of documents that were cut", async () => {
  await using model = await crossEncoderFolder();
  const { url, close } = await serve(await kernelOf(model.path), { port: 0 });
  const documents = ["a fox", "the fox ".repeat(200)];
  const ranked = await post(`${url}/v1/rerank`, { query: "fox", documents });
  await close();
  expect(ranked.warnings).toEqual(["Documents cut to what the model reads: 1."]);
});

async function scoresOf(source: string, documents: readonly string[]): Promise<number[]> {
  await using kernel = await kernelOf(source);
  const input = { query: request.query, documents, topN: documents.length };
  const { results } = await kernel.run(rerankTask, "model", input);
  return results.toSorted((a, b) => a.index - b.index).map(({ score }) => score);
}

function kernelOf(source: string) {
  return createKernel({ plugins: [rerank()], models: [{ id: "model", source }] });
}

function furthest(found: readonly number[]): number {
  return Math.max(...found.map((score, i) => Math.abs(score - scores[i])));
}

async function json(file: string): Promise<any> {
  return JSON.parse(await readFile(new URL(file, import.meta.url), "utf8"));
}

async function post(url: string, body: object): Promise<any> {
  const reply = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return reply.json();
}
