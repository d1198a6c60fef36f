import type { Batched, Endpoint, ModelFamily, Plugin, Task } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import { openTokenizer } from "@kindred/core/text";
import type { Tokens } from "@kindred/core/text";
import * as z from "zod";
import { crossEncoder } from "./cross-encoder.ts";
import { padded } from "./padded.ts";

/** Documents to rank by how well they answer a query. */
export interface RerankRequest {
  readonly query: string;
  readonly documents: readonly string[];
  /** How many results to give. */
  readonly topN: number;
}
/** The ranked documents. */
export interface Ranking {
  /** Best first; scores are 0 to 1. */
  readonly results: readonly { readonly index: number; readonly score: number }[];
  /** How many documents were cut to the tokens that the model takes. */
  readonly truncated: number;
  /** Tokens of all pairs as they ran. */
  readonly tokens: number;
}
export const rerankTask: Task<RerankRequest, Ranking> = { name: "rerank" };

const bertCrossEncoder: ModelFamily<typeof rerankTask> = {
  name: "bert-cross-encoder",
  task: rerankTask,
  match(model) {
    const { architectures = [], id2label = {}, hidden_act } = model.json("config.json") ?? {};
    const scores = Object.keys(id2label).length === 1 && hidden_act === "gelu";
    return scores && architectures.includes("BertForSequenceClassification") && "own";
  },
  async load({ model, graph, signal, use }) {
    const config = model.json("config.json");
    const tokenizer = use(await openTokenizer(model, { signal }));
    const weights = await openSafetensors(model.path, "model.safetensors");
    const encoder = graph(crossEncoder(config, weights));
    const maxTokens = Math.min(config.max_position_embeddings, tokenizer.maxTokens ?? Infinity);
    const pipeline: Batched<RerankRequest, Ranking, Tokens, number> = {
      budget: 512,
      info: { model_type: "rerank", model_ability: ["rerank"], max_tokens: maxTokens },
      items: ({ query, documents }, { signal }) =>
        tokenizer.encodePairs(
          documents.map((document) => [query, document]),
          { maxTokens, signal },
        ),
      cost: ({ ids }) => ids.length,
      async runItems(pairs, { signal }) {
        const { logits } = await encoder.run(padded(pairs), ["logits"], signal);
        return Array.from(logits.data as Float32Array, (x) => 1 / (1 + Math.exp(-x)));
      },
      output: (scores, pairs, { topN }) => ({
        results: scores
          .map((score, index) => ({ index, score }))
          .toSorted((a, b) => b.score - a.score)
          .slice(0, topN),
        truncated: pairs.filter(({ ids, length }) => length > ids.length).length,
        tokens: pairs.reduce((sum, { ids }) => sum + ids.length, 0),
      }),
    };
    return pipeline;
  },
};

const body = z.strictObject({
  model: z.string().nullish(),
  query: z.string().min(1).describe("What the documents should answer."),
  documents: z.array(z.string()).min(1).max(1000),
  top_n: z.int().min(1).nullish().describe("How many results to give. Default: all."),
});

const endpoint: Endpoint<typeof rerankTask, z.infer<typeof body>> = {
  path: "/v1/rerank",
  task: rerankTask,
  body,
  decode: ({ model, query, documents, top_n }) => ({
    model: model ?? undefined,
    input: { query, documents, topN: top_n ?? documents.length },
  }),
  encode({ results, truncated, tokens }, { model, warn }) {
    if (truncated > 0) warn(`Documents cut to what the model reads: ${truncated}.`);
    const ranked = results.map(({ index, score }) => ({ index, relevance_score: score }));
    return { model, results: ranked, usage: { total_tokens: tokens } };
  },
};

export default function rerank(): Plugin {
  return {
    contract: 1,
    name: "rerank",
    families: [bertCrossEncoder],
    endpoints: [endpoint],
  };
}
