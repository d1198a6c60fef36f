import { shorten } from "../../errors.ts";
import { FileFault } from "./file-fault.ts";

/** A token that is found in a text before the model splits the rest. Named as in the files of `tokenizers`. */
export interface AddedToken {
  readonly content: string;
  /** Matches whole words only. */
  readonly single_word: boolean;
  /** Takes the spaces before it. */
  readonly lstrip: boolean;
  /** Takes the spaces behind it. */
  readonly rstrip: boolean;
  /** Matches in the text as it is normalised. Default: when it is not special. */
  readonly normalized?: boolean | undefined;
  readonly special: boolean;
}

/** A token as a file writes it: its text alone, or with its flags. */
export type WrittenToken = string | AddedToken;

const flags = ["single_word", "lstrip", "rstrip", "normalized", "special"] as const;

/** The token that a file has at `place`, "special_tokens_map.json: mask_token". Throws when it is not one. */
export function addedToken(written: unknown, place: string): AddedToken {
  const fields = Object(written) as Record<string, unknown>;
  const wrong = flags.find((flag) => !["boolean", "undefined"].includes(typeof fields[flag]));
  if (wrong)
    throw new FileFault(`${place} has ${wrong} ${quoted(fields[wrong])}, not true or false`);
  const { content, single_word = false, lstrip = false, rstrip = false } = fields as any;
  const { normalized, special = false } = fields as any;
  if (typeof content === "string")
    return { content, single_word, lstrip, rstrip, normalized, special };
  throw new FileFault(`${place} is ${quoted(written)}, not a token with its content`);
}

/** A token without flags. */
export function plainToken(content: string, special: boolean): AddedToken {
  const normalized = !special;
  return { content, single_word: false, lstrip: false, rstrip: false, normalized, special };
}

export function textOf(token: WrittenToken): string {
  return typeof token === "string" ? token : token.content;
}

/** Equal as Python has it: a text alone is not equal to a token with flags. */
export function sameToken(one: WrittenToken, other: WrittenToken): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return (
    one.content === other.content &&
    isNormalized(one) === isNormalized(other) &&
    one.single_word === other.single_word &&
    one.lstrip === other.lstrip &&
    one.rstrip === other.rstrip &&
    one.special === other.special
  );
}

/** A value of a file, for a message. */
export function quoted(value: unknown): string {
  return shorten(JSON.stringify(value) ?? String(value), 60);
}

export function isNormalized({ normalized, special }: AddedToken): boolean {
  return normalized ?? !special;
}
