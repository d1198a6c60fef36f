export { openClipTokenizer } from "./clip-tokenizer.ts";
export type { ClipTokenizer } from "./clip-tokenizer.ts";
export { openTokenizer } from "./open-tokenizer.ts";
export { mapInSlices } from "../shared/event-loop.ts";
export type { OpenTokenizerOptions, TokenizerFolder } from "./tokenizer-folder.ts";
export type { EncodeOptions, TextInput, Tokenizer, TokenizerFacts, Tokens } from "./tokenizer.ts";
