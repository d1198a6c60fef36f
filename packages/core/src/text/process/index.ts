/**
 * For an `EncoderModule`: a module that opens a tokenizer in the process of `openInProcess`. It may import the native package
 * `tokenizers`, which can end or hold the process that it works in; the server never loads that.
 */
export { addTokens, requiredToken } from "./added-tokens.ts";
export type { AddTokensOptions, DefaultTokens } from "./added-tokens.ts";
export { textOf } from "./added-token.ts";
export type { AddedToken, WrittenToken } from "./added-token.ts";
export { matchedText } from "./check-matches.ts";
export type { EncoderFolder } from "./encoder-folder.ts";
export { encoderOf } from "./encoder.ts";
export type { Encoder, EncoderModule, RowOptions } from "./encoder.ts";
export { FileFault, inFile } from "./file-fault.ts";
export { readFolderTokens } from "./folder-tokens.ts";
export type { DeclaredToken, FolderTokens } from "./folder-tokens.ts";
export type { NativeEncoding, NativeNormalizer, NativeTokenizer } from "./native-tokenizer.ts";
export type { Rows } from "./rows.ts";
export type { SpecialTokens, TokenName } from "./special-tokens.ts";
export type { SpecialToken, TokenizerConfig } from "./tokenizer-config.ts";
