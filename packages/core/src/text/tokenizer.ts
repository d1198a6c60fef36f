/** A text, or the ids of a text that is tokenised already, without special tokens. */
export type TextInput = string | readonly number[];

/** The ids of one input: of a text, or of a pair of texts. */
export interface Tokens {
  /** The ids that a model takes: special tokens included, at most `maxTokens`. */
  readonly ids: Int32Array;
  /** For each id, which text of a pair it belongs to: 0 or 1. */
  readonly typeIds: Int32Array;
  /** Number of ids of the whole input: more than `ids.length` when it was truncated. */
  readonly length: number;
}

/** The tokens of a text, each with its place in it. */
export interface PlacedTokens {
  readonly ids: Int32Array;
  /** Each id's token as the vocabulary has it: "##ing", "▁fox". */
  readonly tokens: readonly string[];
  /**
   * Each id's begin and end in the text, one after the other, in Unicode code points: a tokenizer normalises a text, and these are places
   * of the text as it was sent. Special tokens that were added are at 0, 0.
   */
  readonly offsets: Int32Array;
}

export interface EncodeOptions {
  /** Most ids of an input. Longer ones are truncated, special tokens are kept and counted. Default: all ids. */
  readonly maxTokens?: number;
  /** Adds the special tokens that the checkpoint was trained with. Default true. */
  readonly specialTokens?: boolean;
  /** Rejects with ABORTED at once. The process finishes what it has begun. */
  readonly signal?: AbortSignal;
}

export interface DecodeOptions {
  /** Leaves special tokens out. Default true. */
  readonly skipSpecialTokens?: boolean;
  /** Rejects with ABORTED at once. The process finishes what it has begun. */
  readonly signal?: AbortSignal;
}

/** The facts of an open tokenizer. */
export interface TokenizerFacts {
  /** Ids are below this, those of added tokens too. */
  readonly vocabularySize: number;
  /** `model_max_length`: most ids that the checkpoint takes, special tokens included. undefined when it says none. */
  readonly maxTokens: number | undefined;
}

/**
 * A checkpoint's own tokenizer. It works in a process of its own, which ends when the tokenizer is disposed: then it answers
 * CLOSED. UNSUPPORTED for texts that end the process, or that hold it or take memory beyond a bound; GRAPH_FAILED when it ends
 * for another reason. Other texts have a new process then. LOAD_FAILED when that one finds files that have changed on disk.
 */
export interface Tokenizer extends TokenizerFacts, AsyncDisposable {
  /** Tokenises each input on its own. The results are in the order of the inputs. */
  encode(inputs: readonly TextInput[], options?: EncodeOptions): Promise<readonly Tokens[]>;
  /**
   * Tokenises each pair as one input, as cross-encoders take it. Beyond `maxTokens` the longer text of a pair is cut first,
   * then both.
   */
  encodePairs(
    pairs: readonly (readonly [TextInput, TextInput])[],
    options?: EncodeOptions,
  ): Promise<readonly Tokens[]>;
  /** Tokenises each text on its own, and tells the place of each token. Nothing is truncated. */
  tokenize(
    texts: readonly string[],
    options?: Omit<EncodeOptions, "maxTokens">,
  ): Promise<readonly PlacedTokens[]>;
  /** The text of each row of ids, as the tokenizer's own decoder writes it. Ids that the vocabulary has not are left out. */
  decode(rows: readonly (readonly number[])[], options?: DecodeOptions): Promise<readonly string[]>;
}
