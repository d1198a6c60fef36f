import type { Task } from "@kindred/core";
import type { TextInput } from "@kindred/core/text";
import type { EmbeddingKind, LexicalWeights } from "./kinds/embedding-kind.ts";
import type { OutputType, Vector } from "./quantization/output-type.ts";

/** Texts to embed. */
export interface EmbeddingRequest {
  /** Texts, or the ids of texts already tokenised. Special tokens go around them, unless they are there already. */
  readonly input: readonly TextInput[];
  /**
   * The name of the model's prompt that goes before each text: "query", "passage". Default: the launch's `prompt`, else the
   * `default_prompt_name` of the model's folder, else none. INVALID_INPUT when the model has no such prompt.
   */
  readonly prompt?: string | undefined;
  /**
   * Cuts texts that are longer than the model takes, at the end that its tokenizer cuts. Default: the launch's `truncate`, else false: they
   * are INVALID_INPUT.
   */
  readonly truncate?: boolean | undefined;
  /**
   * Cuts texts that have more tokens than this, special tokens and prompts included, whatever `truncate` says. Default: the model's own
   * limit, which holds above it too. INVALID_INPUT when it leaves no token of a text beside the special ones.
   */
  readonly maxTokens?: number | undefined;
  /**
   * Keeps this many leading numbers of each vector, brought back to unit length if the model's vectors have it. Default: the
   * `truncate_dim` of the model's folder, else all. INVALID_INPUT when the vectors have fewer.
   */
  readonly dimensions?: number | undefined;
  /**
   * The type of the vectors' numbers. Default "float". INVALID_INPUT for "binary" and "ubinary" when the dimensions are no multiple
   * of 8; UNSUPPORTED for "int8" and "uint8" when the model does not normalise and its launch has no `ranges`.
   */
  readonly outputType?: OutputType | undefined;
  /**
   * The embeddings of each text, one or more. Default: "dense" alone. UNSUPPORTED when the model lacks one; INVALID_INPUT when "colbert"
   * would have over 16,777,216 numbers, and when `dimensions` or `outputType` come without "dense".
   */
  readonly kinds?: readonly EmbeddingKind[] | undefined;
}

/** The embeddings of a request's texts. */
export interface Embeddings {
  /** Dense vectors, one for each input in order; none when they are not asked for. They are as long as the model's dimensions, or the request's. Binary ones have a byte for eight. */
  readonly vectors: readonly Vector[];
  /** Lexical weights, one set for each input. Absent when they are not asked for. */
  readonly sparse?: readonly LexicalWeights[] | undefined;
  /** Vectors of unit length for the tokens of each input, the first of which has none. Absent when they are not asked for. */
  readonly colbert?: readonly (readonly Float32Array[])[] | undefined;
  /** Tokens of all inputs as they ran: special tokens and prompts included, after truncation. */
  readonly tokens: number;
  /**
   * Sentences for the client: how many texts were cut, and that the model is not known to be trained for so few dimensions. Default: there
   * is nothing to say.
   */
  readonly warnings?: readonly string[] | undefined;
}

/** Turns texts into vectors. Its input and output can be structured-cloned. */
export const embeddingTask: Task<EmbeddingRequest, Embeddings> = { name: "embedding" };
