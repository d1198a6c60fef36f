import { KernelError } from "@kindred/core";
import type { Batched } from "@kindred/core";
import { mapInSlices } from "@kindred/core/text";
import type { TextInput, Tokenizer, Tokens } from "@kindred/core/text";
import type { Encoder } from "./encoders/encoder.ts";
import { promptNamed } from "./prompts.ts";
import type { Prompts } from "./prompts.ts";
import type { EmbeddingRequest, Embeddings } from "./task.ts";
import { normalized } from "./encoders/vectors.ts";

export interface EmbeddingModel {
  readonly encode: Encoder;
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
  /** What goes before the texts of requests that name no prompt. */
  readonly prompt: string;
}

/** Of a text. A character may be a token, of which a tokenizer takes about 400 bytes at once. */
const mostCharacters = 250_000;

/** One item is a text's ids, and its part the text's vector. */
export type EmbeddingPipeline = Batched<EmbeddingRequest, Embeddings, Int32Array, Float32Array>;

export function embeddingPipeline(model: EmbeddingModel): EmbeddingPipeline {
  const { encode, tokenizer, limit } = model;
  return {
    // Tokens a run: beyond this a layer's activations leave the processor's caches.
    budget: 256,
    info: {
      model_type: "embedding",
      model_ability: ["embed"],
      dimensions: model.dimensions,
      max_tokens: limit,
      prompts: Object.keys(model.prompts),
    },

    async items({ input, prompt, truncate = false, dimensions }, { signal }) {
      checkDimensions(model, dimensions);
      for (const [i, each] of input.entries()) {
        if (typeof each === "string") checkLength(each, i);
        else checkIds(model, each, i);
      }
      const before = prompt === undefined ? model.prompt : promptNamed(prompt, model.prompts);
      const prompted = before === "" ? input : await withPrompt(model, input, before);
      const texts = model.lowercase ? await mapInSlices(prompted, lowerCased, signal) : prompted;
      const all = await tokenizer.encode(texts, { maxTokens: limit, signal });
      const checked = ({ ids, length }: Tokens, i: number): Int32Array => {
        if (length > limit && !truncate) throw tooLong(limit, length, i);
        checkTokens(model, ids, i);
        return ids;
      };
      return mapInSlices(all, checked, signal);
    },

    cost: (ids) => ids.length,

    runItems: (items, { signal }) => encode(items, signal),

    async output(vectors, items, { dimensions = model.dimensions }) {
      const shortened = (vector: Float32Array): Float32Array => head(vector, dimensions, model);
      return {
        vectors: dimensions === model.dimensions ? vectors : await mapInSlices(vectors, shortened),
        tokens: items.reduce((sum, ids) => sum + ids.length, 0),
      };
    },
  };
}

async function withPrompt(
  { tokenizer }: EmbeddingModel,
  input: readonly TextInput[],
  prompt: string,
): Promise<readonly TextInput[]> {
  const [tokens] = await tokenizer.encode([prompt], { specialTokens: false });
  return input.map((each) =>
    typeof each === "string" ? prompt + each : [...(tokens?.ids ?? []), ...each],
  );
}

function head(
  vector: Float32Array,
  dimensions: number,
  { normalized: unit }: EmbeddingModel,
): Float32Array {
  const kept = vector.subarray(0, dimensions);
  return unit ? normalized(kept) : kept;
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

function checkLength({ length }: string, index: number): void {
  if (length <= mostCharacters) return;
  throw new KernelError(
    "INVALID_INPUT",
    `input[${index}] has ${length} characters; ${mostCharacters} are read at most. Send it in parts.`,
    { param: "input" },
  );
}

function checkIds({ vocabularySize }: EmbeddingModel, ids: readonly number[], index: number): void {
  const unknown = unknownId(ids, vocabularySize);
  if (unknown === undefined) return;
  throw new KernelError(
    "INVALID_INPUT",
    `input[${index}] has the token id ${unknown}; the model's ids are 0 to ${vocabularySize - 1}.`,
    { param: "input" },
  );
}

/** What the tokenizer made of a text is not the client's doing. */
function checkTokens({ vocabularySize }: EmbeddingModel, ids: Int32Array, index: number): void {
  const unknown = unknownId(ids, vocabularySize);
  if (unknown === undefined) return;
  throw new KernelError(
    "GRAPH_FAILED",
    `The tokenizer made the token id ${unknown} of input[${index}]; the model's ids are 0 to ${vocabularySize - 1}. Tokenizer and weights are of different models.`,
  );
}

/** A plain loop: a million ids are to be looked at. */
function unknownId(ids: ArrayLike<number>, vocabularySize: number): number | undefined {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (!Number.isInteger(id) || id < 0 || id >= vocabularySize) return id;
  }
  return undefined;
}

function tooLong(limit: number, length: number, index: number): KernelError {
  return new KernelError(
    "INVALID_INPUT",
    `input[${index}] has ${length} tokens; the model takes ${limit}, special tokens included. Shorten it, or send truncate: true.`,
    { param: "input" },
  );
}
