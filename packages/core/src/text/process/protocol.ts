import type { FileIdentities } from "./encoder-folder.ts";
import type { RowHead } from "./rows.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";

/** What a tokenizer's process begins with. */
export interface EncoderData {
  /** File URL of an `EncoderModule`, in JavaScript. The process imports it. */
  readonly module: string;
  /** Absolute path of the folder that holds the tokenizer's files. */
  readonly folder: string;
  /** `tokenizer_config.json`, {} when there is none. */
  readonly config: TokenizerConfig;
}

/** A message to a tokenizer's process: the first opens it, all others have rows. */
export type Request = OpenRequest | EncodeRequest | TokenizeRequest | DecodeRequest;

/** The payload is the `EncoderData` as a structured clone. */
export interface OpenRequest {
  readonly kind: "open";
}

/** The payload, if there is one, is the ids of the rows that are tokenised already. */
export interface EncodeRequest {
  readonly kind: "encode";
  readonly rows: readonly RowHead[];
  /** Default: all. */
  readonly maxTokens?: number;
  readonly specialTokens: boolean;
}

export interface TokenizeRequest {
  readonly kind: "tokenize";
  readonly texts: readonly string[];
  readonly specialTokens: boolean;
}

/** The payload is the ids of all rows. */
export interface DecodeRequest {
  readonly kind: "decode";
  /** How many ids each row has. */
  readonly counts: readonly number[];
  readonly skipSpecialTokens: boolean;
}

/** The answer to a request. Answers come in the order of the requests. */
export type Reply = Opened | Encoded | Tokenized | Decoded | Failed;

/** The payload is the tokenizer's facts as a structured clone. */
export interface Opened {
  readonly kind: "opened";
  /** The files that were read. */
  readonly files: FileIdentities;
}

/** The payloads are the ids of all rows, and their type ids. */
export interface Encoded {
  readonly kind: "encoded";
  readonly rows: readonly TokensHead[];
}

/** The tokens of a row without its ids. */
export interface TokensHead {
  /** Number of its ids. */
  readonly count: number;
  /** Number of ids before it was truncated. */
  readonly length: number;
}

/** The payloads are the ids of all texts, and their offsets. */
export interface Tokenized {
  readonly kind: "tokenized";
  /** How many ids each text has. */
  readonly counts: readonly number[];
  /** The tokens of the ids, each of them once, in the order in which they first come. */
  readonly tokens: readonly string[];
}

export interface Decoded {
  readonly kind: "decoded";
  readonly texts: readonly string[];
}

export interface Failed {
  readonly kind: "failed";
  readonly message: string;
  /** What to do about the failure, where its cause knows. */
  readonly advice?: string | undefined;
}
