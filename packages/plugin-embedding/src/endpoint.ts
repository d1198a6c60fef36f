import type { Endpoint } from "@kindred/core";
import { listed } from "@kindred/text-encoders";
import { body } from "./wire/body.ts";
import type { EmbeddingsBody } from "./wire/body.ts";
import { dataOf } from "./wire/data.ts";
import { kindsIn } from "./wire/kinds-in.ts";
import { reply } from "./wire/reply.ts";
import { shownTexts } from "./wire/shown.ts";
import { embeddingTask } from "./task.ts";

/** OpenAI's endpoint for embeddings, with fields of other servers beside its own. */
export const embeddings: Endpoint<typeof embeddingTask, EmbeddingsBody> = {
  path: "/v1/embeddings",
  task: embeddingTask,
  summary: "Embeds texts.",
  body,
  text: "input",
  fields: {
    prompt: ["prompt_name", "input_type"],
    maxTokens: "truncate_prompt_tokens",
    outputType: "output_dtype",
    kinds: ["embedding_types", "return_sparse", "return_colbert_vecs"],
  },

  decode: (asked) => ({
    model: asked.model ?? undefined,
    input: {
      input: listed(asked.input),
      prompt: asked.prompt_name ?? asked.input_type ?? undefined,
      truncate: asked.truncate_prompt_tokens === -1 ? true : (asked.truncate ?? undefined),
      maxTokens: maxTokensOf(asked),
      dimensions: asked.dimensions ?? undefined,
      outputType: asked.output_dtype ?? undefined,
      kinds: kindsIn(asked),
    },
  }),

  reply,
  encode(output, { body: asked, model, warn }) {
    const { tokens, warnings = [] } = output;
    for (const warning of warnings) warn(warning);
    if (asked.user != null) warn("user has no effect.");
    return {
      object: "list",
      data: dataOf(output, asked),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  },

  show(output, { warn }) {
    const { tokens, warnings = [] } = output;
    for (const warning of warnings) warn(warning);
    return { text: [...shownTexts(output), `${tokens} tokens`].join("\n") };
  },
};

function maxTokensOf({ truncate_prompt_tokens: tokens }: EmbeddingsBody): number | undefined {
  return tokens == null || tokens === -1 ? undefined : tokens;
}
