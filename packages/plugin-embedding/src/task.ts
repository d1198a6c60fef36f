import type { Task } from "@kindred/core";
import type { TextInput } from "@kindred/core/text";

export interface EmbeddingRequest {
  /** Texts, or the ids of texts already tokenised, without special tokens. */
  readonly input: readonly TextInput[];
  /** The name of the model's prompt that goes before each text: "query", "passage". Default: the launch's `prompt_name`, else none. */
  readonly prompt?: string | undefined;
  /** Cuts what is longer than the model takes. Default false: that is INVALID_INPUT. */
  readonly truncate?: boolean | undefined;
  /** Keeps this many leading numbers of each vector, at unit length again if the model's are. Default: all. */
  readonly dimensions?: number | undefined;
}

export interface Embeddings {
  /** One for each input, in order. */
  readonly vectors: readonly Float32Array[];
  /** As run: special tokens and prompts included, after truncation. */
  readonly tokens: number;
}

export const embeddingTask: Task<EmbeddingRequest, Embeddings> = { name: "embedding" };
