import type { Batched } from "@kindred/core";
import type { Tokenizer } from "@kindred/core/text";
import { tokenSideTasks } from "@kindred/text-encoders";
import type { Prompt, Prompts } from "@kindred/text-encoders";
import { activated } from "./folder/activation.ts";
import type { Activation } from "./folder/activation.ts";
import { pairsOf } from "./pairs.ts";
import type { Pair } from "./pairs.ts";
import type { Scorer } from "./scorers/scorer.ts";
import type { Ranking, RerankRequest } from "./task.ts";

/** A loaded model, as far as requests meet it. */
export interface RerankModel {
  readonly score: Scorer;
  readonly tokenizer: Tokenizer;
  readonly activation: Activation;
  /** Tokens of one pair, special tokens included. */
  readonly maxTokens: number;
  /** Cuts longer pairs of requests that do not say whether to. */
  readonly truncate: boolean;
  /** Token ids are below this. */
  readonly vocabularySize: number;
  readonly prompts: Prompts;
  /** The prompt of a request that names none. */
  readonly defaultPrompt: Prompt | undefined;
  /** How its graph computes; undefined for an export, which does not say. */
  readonly precision: string | undefined;
}

/** An item is a query and a document as one row of tokens, and a part is its score. */
export type RerankPipeline = Batched<RerankRequest, Ranking, Pair, number>;

export function rerankPipeline(model: RerankModel): RerankPipeline {
  const { score, activation, maxTokens, prompts, defaultPrompt } = model;
  return {
    // Tokens a run, as for embeddings: beyond this a layer's activations leave the processor's caches.
    budget: 256,
    info: {
      model_type: "rerank",
      model_ability: ["rerank"],
      max_tokens: maxTokens,
      activation,
      prompts: Object.keys(prompts),
      ...(model.precision && { precision: model.precision }),
      ...(defaultPrompt && { default_prompt: defaultPrompt.name }),
    },

    items: (request, { signal }) => pairsOf(request, model, signal),

    cost: ({ ids }) => ids.length,

    usage: ({ tokens }) => ({ tokens }),

    sideTasks: tokenSideTasks(model),

    async runItems(pairs, call) {
      const scores = await score(pairs, call);
      return Array.from(scores, (each) => activated(each, activation));
    },

    output(scores, pairs, { topN }) {
      const results = scores
        .map((each, index) => ({ index, score: each }))
        .toSorted((one, other) => other.score - one.score)
        .slice(0, topN);
      const tokens = pairs.reduce((sum, { ids }) => sum + ids.length, 0);
      const cut = pairs.filter(({ isCut }) => isCut).length;
      return { results, tokens, ...(cut > 0 && { warnings: [pairsCut(cut, pairs, maxTokens)] }) };
    },
  };
}

function pairsCut(cut: number, { length }: readonly Pair[], maxTokens: number): string {
  const were = cut === 1 ? "was" : "were";
  return `${cut} of ${length} documents ${were} cut with the query to ${maxTokens} tokens, which is all that the model takes.`;
}
