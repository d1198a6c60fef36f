import { KernelError } from "@kindred/core";
import type { Batched, Graph } from "@kindred/core";
import type { TextInput, Tokenizer } from "@kindred/core/text";
import { padded } from "./padding.ts";
import { promptNamed } from "./prompts.ts";
import type { Prompts } from "./prompts.ts";
import type { EmbeddingRequest, Embeddings } from "./task.ts";
import { cut, rowsOf } from "./vectors.ts";

export interface EmbeddingModel {
  readonly graph: Graph;
  readonly tokenizer: Tokenizer;
  readonly dimensions: number;
  /** The most tokens of a text, special tokens included. */
  readonly limit: number;
  /** Token ids are below this. */
  readonly vocabularySize: number;
  /** Whether its vectors have unit length. */
  readonly normalized: boolean;
  /** Lower-cases texts before its tokenizer sees them. */
  readonly lowercase: boolean;
  readonly prompts: Prompts;
  /** The prompt for requests that name none. */
  readonly promptName?: string | undefined;
}

/** One item is a text's ids, and its part the text's vector. */
export type EmbeddingPipeline = Batched<EmbeddingRequest, Embeddings, Int32Array, Float32Array>;

export function embeddingPipeline(model: EmbeddingModel): EmbeddingPipeline {
  const { graph, tokenizer, limit } = model;
  return {
    // Tokens a run: beyond this a layer's activations leave the processor's caches.
    budget: 512,
    info: {
      model_type: "embedding",
      model_ability: ["embed"],
      dimensions: model.dimensions,
      max_tokens: limit,
      prompts: Object.keys(model.prompts),
    },

    async items({ input, prompt = model.promptName, truncate = false, dimensions }, { signal }) {
      checkDimensions(model, dimensions);
      for (const [i, each] of input.entries()) {
        if (typeof each !== "string") checkIds(model, each, i);
      }
      const prefixed = prompt === undefined ? input : await withPrompt(model, input, prompt);
      const texts = model.lowercase ? prefixed.map(lowerCased) : prefixed;
      const all = await tokenizer.encode(texts, { maximum: limit, signal });
      return all.map(({ ids, length }, i) => {
        if (length > limit && !truncate) throw tooLong(limit, length, i);
        checkIds(model, ids, i);
        return ids;
      });
    },

    cost: (ids) => ids.length,

    async runItems(items, { signal }) {
      const { embedding } = await graph.run(padded(items), ["embedding"], signal);
      return rowsOf(embedding);
    },

    output: (vectors, items, { dimensions = model.dimensions }) => ({
      vectors:
        dimensions === model.dimensions
          ? vectors
          : vectors.map((vector) => cut(vector, dimensions, model.normalized)),
      tokens: items.reduce((sum, ids) => sum + ids.length, 0),
    }),
  };
}

async function withPrompt(
  { tokenizer, prompts }: EmbeddingModel,
  input: readonly TextInput[],
  name: string,
): Promise<readonly TextInput[]> {
  const prompt = promptNamed(name, prompts);
  const [tokens] = await tokenizer.encode([prompt], { specialTokens: false });
  return input.map((each) =>
    typeof each === "string" ? prompt + each : [...(tokens?.ids ?? []), ...each],
  );
}

function lowerCased(input: TextInput): TextInput {
  return typeof input === "string" ? input.toLowerCase() : input;
}

function checkDimensions({ dimensions: most }: EmbeddingModel, dimensions: number = most): void {
  if (Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= most) return;
  throw new KernelError(
    "INVALID_INPUT",
    `dimensions is ${dimensions}; the model's vectors have ${most}. Ask for 1 to ${most}.`,
    { param: "dimensions" },
  );
}

function checkIds({ vocabularySize }: EmbeddingModel, ids: ArrayLike<number>, index: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (Number.isInteger(id) && id >= 0 && id < vocabularySize) continue;
    throw new KernelError(
      "INVALID_INPUT",
      `input[${index}] has the token id ${id}; the model's ids are 0 to ${vocabularySize - 1}.`,
      { param: "input" },
    );
  }
}

function tooLong(limit: number, length: number, index: number): KernelError {
  return new KernelError(
    "INVALID_INPUT",
    `input[${index}] has ${length} tokens; the model takes ${limit}, special tokens included. Shorten it, or send truncate: true.`,
    { param: "input" },
  );
}
