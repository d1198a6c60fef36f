export { openClipTokenizer } from "./clip-tokenizer.ts";
export type { ClipTokenizer } from "./clip-tokenizer.ts";
export { openTokenizer } from "./open-tokenizer.ts";
export type { OpenTokenizerOptions, TokenizerFolder } from "./open-tokenizer.ts";
export { mapInSlices } from "./slices.ts";
export type { EncodeOptions, TextInput, Tokenizer, Tokens } from "./tokenizer.ts";
