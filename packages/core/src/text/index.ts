export { builtModule } from "../shared/built-module.ts";
export { openInProcess } from "./open-in-process.ts";
export { openTokenizer } from "./open-tokenizer.ts";
export type { EncoderData } from "./process/protocol.ts";
export type { TokenizerBounds } from "./tokenizer-process.ts";
export { tokenizerFolder } from "./tokenizer-folder.ts";
export type { OpenTokenizerOptions, TokenizerFolder } from "./tokenizer-folder.ts";
export type {
  DecodeOptions,
  EncodeOptions,
  PlacedTokens,
  TextInput,
  Tokenizer,
  TokenizerFacts,
  Tokens,
} from "./tokenizer.ts";
