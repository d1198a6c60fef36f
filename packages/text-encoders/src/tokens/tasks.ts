import type { Task } from "@kindred/core";
import type { PlacedTokens } from "@kindred/core/text";

/** Texts whose tokens are to be told. */
export interface TokenizeRequest {
  readonly input: readonly string[];
  /** Adds the special tokens that a model has around one text. Default true. */
  readonly specialTokens?: boolean | undefined;
}

export interface TokenizedTexts {
  /** The tokens of each text, in order. Nothing is cut, and no prompt is added. */
  readonly texts: readonly PlacedTokens[];
  /** Tokens of one text that the model takes, special tokens included. */
  readonly maxTokens: number;
}

/** Tells the tokens that a model makes of texts. Every model that reads texts does it beside its own task. */
export const tokenizeTask: Task<TokenizeRequest, TokenizedTexts> = { name: "tokenize" };

/** Token ids whose texts are to be told. */
export interface DetokenizeRequest {
  readonly input: readonly (readonly number[])[];
  /** Leaves special tokens out. Default true. */
  readonly skipSpecialTokens?: boolean | undefined;
}

/** Tells the texts of token ids, in order, as the model's tokenizer writes them. Every model that reads texts does it, too. */
export const detokenizeTask: Task<DetokenizeRequest, readonly string[]> = { name: "detokenize" };
