import { randomUUID } from "node:crypto";
import type { Endpoint } from "@kindred/core";
import { body } from "./body.ts";
import type { RerankBody } from "./body.ts";
import { textOf } from "./documents.ts";
import type { SentDocument } from "./documents.ts";
import { reply } from "./reply.ts";
import { rerankTask } from "./task.ts";
import type { Ranking } from "./task.ts";

/** The endpoint that Jina, Cohere and Xinference have for rerankers. Its replies have the fields of all three. */
export const rerank: Endpoint<typeof rerankTask, RerankBody> = {
  path: "/v1/rerank",
  task: rerankTask,
  summary: "Ranks documents by how well they answer a query.",
  body,
  text: "query",
  fields: { topN: "top_n", maxDocumentTokens: "max_tokens_per_doc", prompt: "prompt_name" },

  decode: ({ model, query, documents, top_n, max_tokens_per_doc, prompt_name, truncate }) => ({
    model: model ?? undefined,
    input: {
      query,
      documents: documents.map(textOf),
      topN: top_n ?? undefined,
      maxDocumentTokens: max_tokens_per_doc ?? undefined,
      prompt: prompt_name ?? undefined,
      truncate: truncate ?? undefined,
    },
  }),

  reply,
  encode(
    { results, tokens, warnings = [] },
    { body: { documents, return_documents, return_len }, model, warn },
  ) {
    for (const warning of warnings) warn(warning);
    if (return_len === false) warn("return_len has no effect: tokens are always counted.");
    return {
      id: randomUUID(),
      model,
      results: results.map(({ index, score }) => ({
        index,
        relevance_score: score,
        ...(return_documents && { document: { text: textOf(documents[index]!) } }),
      })),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
      meta: { tokens: { input_tokens: tokens, output_tokens: 0 } },
    };
  },

  show({ results, tokens, warnings = [] }: Ranking, { body: { documents }, warn }) {
    for (const warning of warnings) warn(warning);
    const lines = results.map(
      ({ index, score }) => `${score.toFixed(4)}  ${headOf(documents[index]!)}`,
    );
    return { text: [...lines, `${tokens} tokens`].join("\n") };
  },
};

/** A document's first characters, on one line. */
function headOf(document: SentDocument): string {
  const head = textOf(document).replace(/\s+/g, " ").trim();
  return head.length > 70 ? `${head.slice(0, 70)}…` : head;
}
