/** A text, or the ids of one already tokenised, without special tokens. */
export type TextInput = string | readonly number[];

export interface Tokens {
  /** As a model takes them: with special tokens, and no longer than `maximum`. */
  readonly ids: Int32Array;
  /** Which text of a pair each id belongs to, 0 or 1. */
  readonly typeIds: Int32Array;
  /** How many ids the whole input has; more than `ids.length` when it was truncated. */
  readonly length: number;
}

export interface EncodeOptions {
  /** The most ids given, special tokens included, which are kept. Default: all. */
  readonly maximum?: number;
  /** Adds the special tokens the checkpoint was trained with. Default true. */
  readonly specialTokens?: boolean;
  /** ABORTED at once; the thread ends what it has begun. */
  readonly signal?: AbortSignal;
}

export interface TokenizerFacts {
  /** Ids are below this. */
  readonly vocabularySize: number;
  /** `model_max_length`: the most ids the checkpoint says it takes, special tokens included. */
  readonly limit: number | undefined;
}

/**
 * A checkpoint's own tokenizer, in a thread of its own, which ends when it is disposed: what it is asked then is CLOSED.
 * GRAPH_FAILED when the thread cannot answer, out of memory for instance; the next question has a new thread.
 */
export interface Tokenizer extends TokenizerFacts, AsyncDisposable {
  /** One for each input, in order. */
  encode(inputs: readonly TextInput[], options?: EncodeOptions): Promise<readonly Tokens[]>;
  /** Two texts as one input, as cross-encoders take them. Beyond `maximum` the longer of the two gives way, then both. */
  encodePairs(
    pairs: readonly (readonly [TextInput, TextInput])[],
    options?: EncodeOptions,
  ): Promise<readonly Tokens[]>;
}
