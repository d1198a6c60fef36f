import { AddedToken as NativeToken } from "tokenizers";
import { isNormalized, plainToken, quoted, sameToken, textOf } from "./added-token.ts";
import type { AddedToken, WrittenToken } from "./added-token.ts";
import { checkMatches } from "./check-matches.ts";
import { FileFault } from "./file-fault.ts";
import type { DeclaredToken, FolderTokens } from "./folder-tokens.ts";
import type { NativeTokenizer } from "./native-tokenizer.ts";
import { tokenNames } from "./special-tokens.ts";
import type { TokenName } from "./special-tokens.ts";

/** Tokens that a tokenizer has when its folder says nothing of them, by name. */
export type DefaultTokens = Readonly<Partial<Record<TokenName, string>>>;

export interface AddTokensOptions {
  readonly defaults?: DefaultTokens;
  /** The tokens that the tokenizer has already. */
  readonly existing?: readonly DeclaredToken[];
}

/**
 * Adds a folder's tokens as transformers does. Returns all that the tokenizer has then. Throws when a token would get another id than its file
 * says, or would not be found for certain.
 */
export function addTokens(
  native: NativeTokenizer,
  folder: FolderTokens,
  { defaults = {}, existing = [] }: AddTokensOptions = {},
): readonly AddedToken[] {
  const had = existing.map(({ token }) => token);
  const tokens = tokensToAdd(folder, defaults, had);
  if (tokens.length > 0) native.addAddedTokens(tokens.map(nativeToken));
  for (const each of [...existing, ...byIdOf(folder)]) checkId(native, each);
  const all = new Map([...had, ...tokens].map((token) => [token.content, token]));
  checkMatches(native, [...all.values()]);
  return [...all.values()];
}

function nativeToken(token: AddedToken): NativeToken {
  return new NativeToken(token.content, token.special, {
    singleWord: token.single_word,
    leftStrip: token.lstrip,
    rightStrip: token.rstrip,
    normalized: isNormalized(token),
  });
}

/** In transformers' order: by their ids, then the special tokens that no file gives an id. */
function tokensToAdd(
  folder: FolderTokens,
  defaults: DefaultTokens,
  had: readonly AddedToken[],
): readonly AddedToken[] {
  const before = new Map(had.map((token) => [token.content, token]));
  const adding: WrittenToken[] = byIdOf(folder)
    .map(({ token }) => token)
    .filter((token) => !sameToken(before.get(token.content) ?? "", token));
  const present = new Set([...had, ...adding].map(textOf));
  const special = namedTokens(folder, defaults);
  for (const token of [...special, ...folder.extra]) {
    if (present.has(textOf(token)) || adding.some((each) => sameToken(each, token))) continue;
    adding.push(token);
  }
  const named = new Set(special.map(textOf));
  return adding.map((token) => {
    if (typeof token === "string") return plainToken(token, true);
    return named.has(token.content) ? { ...token, special: true } : token;
  });
}

/** One token an id: the last that a file gives it. */
function byIdOf({ declared }: FolderTokens): readonly DeclaredToken[] {
  const byId = new Map(declared.map((each) => [each.id, each]));
  return [...byId.values()].toSorted((one, other) => one.id - other.id);
}

/** The special tokens that have names, with the flags that a file gives their texts. */
function namedTokens(
  { named, declared }: FolderTokens,
  defaults: DefaultTokens,
): readonly WrittenToken[] {
  const byText = new Map(declared.map(({ token }) => [token.content, token]));
  const names = new Set<string>([...tokenNames, ...named.keys()]);
  return [...names].flatMap((name) => {
    const token = named.get(name);
    if (token === undefined) return defaults[name as TokenName] ?? [];
    return token === null ? [] : (byText.get(textOf(token)) ?? token);
  });
}

/**
 * The text of a special token that texts need. Throws when the folder says that there is none, or when neither the vocabulary
 * nor a file has an id for it: transformers would give it one that the weights do not have.
 */
export function requiredToken(
  native: NativeTokenizer,
  { named, declared }: FolderTokens,
  [name, otherwise]: readonly [TokenName, string],
): string {
  const token = named.get(name);
  if (token === null)
    throw new FileFault(`tokenizer_config.json: ${name} is null, and texts need it`);
  const text = token === undefined ? otherwise : textOf(token);
  const known = declared.some((each) => each.token.content === text);
  if (known || native.tokenToId(text) !== null) return text;
  throw new Error(`there is no ${text}, which texts need as ${name}`);
}

function checkId(native: NativeTokenizer, { id, token, place }: DeclaredToken): void {
  const found = native.tokenToId(token.content);
  if (found === id || token.content === "") return;
  throw new FileFault(
    `${place} gives the token ${quoted(token.content)} the id ${id}, and transformers gives it ${found}`,
    { advice: "Save the tokenizer again, with the ids that the weights were trained with" },
  );
}
