import { mapInSlices } from "@kindred/core";
import type { Batched } from "@kindred/core";
import type { Tokenizer } from "@kindred/core/text";
import { tokenSideTasks } from "@kindred/text-encoders";
import type { Prompt, Prompts } from "@kindred/text-encoders";
import type { Encoder } from "./encoders/encoder.ts";
import { normalized } from "./encoders/normalized.ts";
import { itemsOf, maxTokensOf } from "./items.ts";
import type { EmbeddingItem } from "./items.ts";
import { kindsOf } from "./kinds/check-kinds.ts";
import type { EncodedText } from "./kinds/embedding-kind.ts";
import type { TokenHeads } from "./kinds/token-heads.ts";
import { quantized } from "./quantization/quantized.ts";
import type { Vector } from "./quantization/output-type.ts";
import type { Ranges } from "./quantization/ranges.ts";
import type { SpecialTokens } from "./special-tokens.ts";
import type { EmbeddingRequest, Embeddings } from "./task.ts";
import { untrainedDimensions, textsCut } from "./warnings.ts";

/** A loaded model, as far as requests meet it. */
export interface EmbeddingModel {
  readonly encode: Encoder;
  readonly tokenizer: Tokenizer;
  readonly specialTokens: SpecialTokens;
  /** Numbers in a vector. */
  readonly dimensions: number;
  /** Leading numbers of a vector that are given to a request that does not say how many. */
  readonly defaultDimensions: number;
  /** Fewer dimensions that the model was trained for. */
  readonly matryoshka: Matryoshka;
  /** Tokens of one text, special tokens included. */
  readonly maxTokens: number;
  /** Cuts longer texts of requests that do not say whether to. */
  readonly truncate: boolean;
  /** Token ids are below this. */
  readonly vocabularySize: number;
  /** Whether the vectors that it gives have unit length. */
  readonly normalized: boolean;
  /** The ranges of its vectors' numbers; undefined when nothing says them. */
  readonly ranges: Ranges | undefined;
  readonly prompts: Prompts;
  /** The prompt of a request that names none. */
  readonly defaultPrompt: Prompt | undefined;
  /** Whether pooling leaves prompts out. */
  readonly skipsPrompts: boolean;
  readonly heads: TokenHeads;
  /** How its graph computes; undefined for an export, which does not say. */
  readonly precision: string | undefined;
}

/**
 * The heads of its vectors that a model was trained to give (Matryoshka representation learning, Kusupati et al. 2022,
 * arXiv:2205.13147): all, those of these lengths, or none that is known.
 */
export type Matryoshka = boolean | readonly number[];

/** An item is one text's tokens, and a part is its embeddings. */
export type EmbeddingPipeline = Batched<EmbeddingRequest, Embeddings, EmbeddingItem, EncodedText>;

export function embeddingPipeline(model: EmbeddingModel): EmbeddingPipeline {
  const { encode, defaultPrompt } = model;
  return {
    // Tokens a run: beyond this a layer's activations leave the processor's caches.
    budget: 256,
    info: {
      model_type: "embedding",
      model_ability: ["embed"],
      dimensions: model.defaultDimensions,
      max_tokens: model.maxTokens,
      embedding_types: kindsOf(model.heads),
      prompts: Object.keys(model.prompts),
      ...(model.precision && { precision: model.precision }),
      ...(defaultPrompt && { default_prompt: defaultPrompt.name }),
    },

    sideTasks: tokenSideTasks(model),

    items: (request, { signal }) => itemsOf(request, model, signal),

    cost: ({ ids }) => ids.length,

    usage: ({ tokens }) => ({ tokens }),

    runItems: encode,

    async output(parts, items, request) {
      const { dimensions = model.defaultDimensions, outputType = "float" } = request;
      const { kinds = ["dense"] } = request;
      let [tokens, cut] = [0, 0];
      for (const { ids, isCut } of items) {
        tokens += ids.length;
        if (isCut) cut++;
      }
      const maxTokens = maxTokensOf(request, model);
      const warnings = [
        textsCut(cut, { of: items.length, maxTokens, isAsked: maxTokens < model.maxTokens }),
        kinds.includes("dense") ? untrainedDimensions(dimensions, model) : undefined,
      ].filter((warning) => warning !== undefined);
      const isWhole = dimensions === model.dimensions;
      const asAsked = (vector: Float32Array): Vector => {
        const head = vector.subarray(0, dimensions);
        const shortened = model.normalized && !isWhole ? normalized(head) : head;
        return quantized(shortened, outputType, model.ranges);
      };
      const dense = parts.flatMap((part) => part.dense ?? []);
      const isAsGiven = isWhole && outputType === "float";
      return {
        vectors: isAsGiven ? dense : await mapInSlices(dense, asAsked),
        ...(kinds.includes("sparse") && { sparse: parts.flatMap((part) => part.sparse ?? []) }),
        ...(kinds.includes("colbert") && { colbert: parts.map((part) => part.colbert ?? []) }),
        tokens,
        ...(warnings.length > 0 && { warnings }),
      };
    },
  };
}
