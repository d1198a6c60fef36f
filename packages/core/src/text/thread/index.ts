/**
 * For an `EncoderModule`: a module that opens a tokenizer in the thread of `openInThread`. It may import the native package
 * `tokenizers`, which blocks the thread that it works in; the main thread never loads that.
 */
export { encoderOf } from "./encoder.ts";
export type { Encoder, EncoderModule, RowOptions, Rows } from "./encoder.ts";
export { tokenText } from "./tokenizer-config.ts";
export type { SpecialToken, TokenizerConfig } from "./tokenizer-config.ts";
