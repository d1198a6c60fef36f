import { mapInSlices } from "@kindred/core";
import type { Batched } from "@kindred/core";
import type { TextInput, Tokenizer, Tokens } from "@kindred/core/text";
import type { Encoder } from "./encoders/encoder.ts";
import { normalized } from "./encoders/normalized.ts";
import { promptNamed, withPrompt } from "./prompts.ts";
import type { Prompts } from "./prompts.ts";
import {
  foreignToken,
  tooManyCharacters,
  tooManyTokens,
  unknownToken,
  wrongDimensions,
} from "./request-errors.ts";
import type { EmbeddingRequest, Embeddings } from "./task.ts";

/** A loaded model, as far as requests meet it. */
export interface EmbeddingModel {
  readonly encode: Encoder;
  readonly tokenizer: Tokenizer;
  /** Numbers in a vector. */
  readonly dimensions: number;
  /** Tokens of one text, special tokens included. */
  readonly maxTokens: number;
  /** Token ids are below this. */
  readonly vocabularySize: number;
  /** Whether its vectors have unit length. */
  readonly normalized: boolean;
  /** Lower-cases texts before its tokenizer sees them. */
  readonly lowercase: boolean;
  readonly prompts: Prompts;
  /** The text before each text of a request that names no prompt. */
  readonly prompt: string;
}

/** Characters of one text. A tokenizer takes about 400 bytes at once for a token, and a character may be one. */
const maxCharacters = 250_000;

/** An item is one text's token ids, and a part is its vector. */
export type EmbeddingPipeline = Batched<EmbeddingRequest, Embeddings, Int32Array, Float32Array>;

export function embeddingPipeline(model: EmbeddingModel): EmbeddingPipeline {
  const { encode, tokenizer, maxTokens, vocabularySize } = model;
  return {
    // Tokens a run: beyond this a layer's activations leave the processor's caches.
    budget: 256,
    info: {
      model_type: "embedding",
      model_ability: ["embed"],
      dimensions: model.dimensions,
      max_tokens: maxTokens,
      prompts: Object.keys(model.prompts),
    },

    async items({ input, prompt, truncate = false, dimensions }, { signal }) {
      if (dimensions !== undefined) checkDimensions(dimensions, model.dimensions);
      for (const [i, each] of input.entries()) {
        if (typeof each !== "string") checkIds(each, i, vocabularySize);
        else if (each.length > maxCharacters)
          throw tooManyCharacters(i, each.length, maxCharacters);
      }
      const before = prompt === undefined ? model.prompt : promptNamed(prompt, model.prompts);
      const prompted = before === "" ? input : await withPrompt(before, input, tokenizer);
      const texts = model.lowercase ? await mapInSlices(prompted, lowerCased, signal) : prompted;
      const all = await tokenizer.encode(texts, { maxTokens, signal });
      const checked = ({ ids, length }: Tokens, i: number): Int32Array => {
        if (length > maxTokens && !truncate) throw tooManyTokens(i, length, maxTokens);
        const unknown = unknownId(ids, vocabularySize);
        if (unknown !== undefined) throw foreignToken(i, unknown, vocabularySize);
        return ids;
      };
      return mapInSlices(all, checked, signal);
    },

    cost: (ids) => ids.length,

    runItems: encode,

    async output(vectors, items, { dimensions = model.dimensions }) {
      let tokens = 0;
      for (const { length } of items) tokens += length;
      if (dimensions === model.dimensions) return { vectors, tokens };
      const shortened = (vector: Float32Array): Float32Array => {
        const head = vector.subarray(0, dimensions);
        return model.normalized ? normalized(head) : head;
      };
      return { vectors: await mapInSlices(vectors, shortened), tokens };
    },
  };
}

function lowerCased(input: TextInput): TextInput {
  return typeof input === "string" ? input.toLowerCase() : input;
}

function checkDimensions(dimensions: number, max: number): void {
  if (Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= max) return;
  throw wrongDimensions(dimensions, max);
}

function checkIds(ids: readonly number[], index: number, vocabularySize: number): void {
  const unknown = unknownId(ids, vocabularySize);
  if (unknown !== undefined) throw unknownToken(index, unknown, vocabularySize);
}

/** The first id that the vocabulary does not have. A plain loop, since a request may have a million ids. */
function unknownId(ids: ArrayLike<number>, vocabularySize: number): number | undefined {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (!Number.isInteger(id) || id < 0 || id >= vocabularySize) return id;
  }
  return undefined;
}
