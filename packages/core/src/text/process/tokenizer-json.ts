import { Tokenizer as Native } from "tokenizers";
import { isObject } from "./json-object.ts";

/**
 * A `tokenizer.json` in two parts. The model has the vocabulary, which may be 10 MB; it stays a text, as few need to read it
 * and the native library parses it anyway.
 */
export interface TokenizerJson {
  readonly settings: TokenizerSettings;
  /** JSON. */
  readonly model: string;
}

/** All that `tokenizer.json` has beside the model. */
export interface TokenizerSettings {
  /** Of the format: "1.0". */
  readonly version?: string;
  readonly added_tokens?: unknown;
  readonly truncation?: { readonly direction?: string } | null;
  readonly normalizer?: unknown;
  readonly pre_tokenizer?: unknown;
  readonly decoder?: unknown;
}

/** The members before the model in every file that the library writes. */
const members = [
  "added_tokens",
  "decoder",
  "normalizer",
  "padding",
  "post_processor",
  "pre_tokenizer",
  "truncation",
  "version",
];

/** Throws when the text is not JSON or has no model. */
export function parseTokenizerJson(text: string): TokenizerJson {
  return inTwoParts(text) ?? whole(text);
}

/** The native tokenizer of such a file. */
export function nativeTokenizer({ settings, model }: TokenizerJson): Native {
  return Native.fromString(`${JSON.stringify(settings).slice(0, -1)},"model":${model}}`);
}

/** "WordPiece", "Unigram", "BPE", "WordLevel". Files of tokenizers before 0.8 do not say it. */
export function modelType({ model }: TokenizerJson): string | undefined {
  const written = /"type"\s*:\s*"(\w+)"/.exec(model)?.[1];
  if (written !== undefined) return written;
  if (/"vocab"\s*:\s*\[/.test(model)) return "Unigram";
  return /"max_input_chars_per_word"\s*:/.test(model) ? "WordPiece" : undefined;
}

/**
 * A model with these members and its own vocabulary, which is cut out of the text: one of 250,000 pieces takes 0.1 s to parse.
 * Throws when there is no vocabulary.
 */
export function modelWith(model: string, members: object): string {
  const start = /"vocab"\s*:\s*(?=[[{])/.exec(model);
  if (!start) throw new Error("its model has no vocabulary");
  const rest = model.slice(start.index + start[0].length).trimEnd();
  // Behind the vocabulary is the end of the model.
  const end = rest.lastIndexOf(rest.startsWith("[") ? "]" : "}", rest.length - 2);
  return `${JSON.stringify(members).slice(0, -1)},"vocab":${rest.slice(0, end + 1)}}`;
}

/** undefined when the model is not the last member, so that the parts are not found without reading all. */
function inTwoParts(text: string): TokenizerJson | undefined {
  const found = /,\s*"model"\s*:\s*(?=\{)/.exec(text);
  if (!found) return undefined;
  try {
    const settings: TokenizerSettings = JSON.parse(`${text.slice(0, found.index)}}`);
    if (!members.every((member) => Object.hasOwn(settings, member))) return undefined;
    const rest = text.slice(found.index + found[0].length);
    return { settings, model: rest.slice(0, rest.lastIndexOf("}")) };
  } catch {
    return undefined;
  }
}

function whole(text: string): TokenizerJson {
  const { model, ...settings } = Object(JSON.parse(text));
  if (!isObject(model)) throw new Error("there is no model");
  return { settings: { version: "1.0", ...settings }, model: JSON.stringify(model) };
}
