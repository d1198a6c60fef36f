export { builtModule } from "../shared/built-module.ts";
export { openInThread } from "./open-in-thread.ts";
export { openTokenizer } from "./open-tokenizer.ts";
export type { ThreadData } from "./thread/script.ts";
export { tokenizerFolder } from "./tokenizer-folder.ts";
export type { OpenTokenizerOptions, TokenizerFolder } from "./tokenizer-folder.ts";
export type { EncodeOptions, TextInput, Tokenizer, TokenizerFacts, Tokens } from "./tokenizer.ts";
