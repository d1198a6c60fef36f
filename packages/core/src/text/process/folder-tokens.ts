import { addedToken, plainToken, quoted } from "./added-token.ts";
import type { AddedToken } from "./added-token.ts";
import type { EncoderFolder } from "./encoder-folder.ts";
import { FileFault } from "./file-fault.ts";
import { isObject } from "./json-object.ts";
import { specialTokens } from "./special-tokens.ts";
import type { SpecialTokens } from "./special-tokens.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";

/** A token and the id that a file gives it. */
export interface DeclaredToken {
  readonly id: number;
  readonly token: AddedToken;
  /** The file and the field, for messages. */
  readonly place: string;
}

/** The tokens that a folder has beside its vocabulary. */
export interface FolderTokens extends Omit<SpecialTokens, "known"> {
  readonly declared: readonly DeclaredToken[];
}

/** The files of a folder that have tokens. undefined: there is no such file. */
export interface TokenFiles {
  readonly config: TokenizerConfig;
  /** `special_tokens_map.json` */
  readonly map?: unknown;
  /** `added_tokens.json` */
  readonly added?: unknown;
  /** `added_tokens` of `tokenizer.json` */
  readonly published?: unknown;
}

/** Reads the tokens of a folder. `published` is the `added_tokens` of its `tokenizer.json`. */
export async function readFolderTokens(
  folder: EncoderFolder,
  config: TokenizerConfig,
  published?: unknown,
): Promise<FolderTokens> {
  const map = await folder.json("special_tokens_map.json");
  const added = await folder.json("added_tokens.json");
  return folderTokens({ config, map, added, published });
}

/**
 * The tokens of a folder, as `from_pretrained` of transformers 5 reads them. `added_tokens_decoder`, which transformers 4.34 to
 * 4.57 write into `tokenizer_config.json`, replaces the other three files. Without it, `tokenizer.json` wins over
 * `added_tokens.json`.
 */
export function folderTokens({ config, map, added, published }: TokenFiles): FolderTokens {
  if (config.split_special_tokens) {
    throw new FileFault(
      "tokenizer_config.json: split_special_tokens is true, and special tokens in texts are never split here",
      { advice: "Set it to false" },
    );
  }
  if (config.added_tokens_decoder) {
    const place = "tokenizer_config.json: added_tokens_decoder";
    const declared = entriesOf(config.added_tokens_decoder, place).map(([key, token]) => {
      const id = /^\d+$/.test(key) ? Number(key) : key;
      return declaredToken(id, addedToken(token, `${place}.${key}`), `${place}.${key}`);
    });
    return { ...specialTokens(config), declared };
  }
  const special = specialTokens(config, map);
  const old = entriesOf(added ?? {}, "added_tokens.json").map(([content, id]) =>
    declaredToken(id, plainToken(content, special.known.has(content)), "added_tokens.json"),
  );
  return { ...special, declared: [...old, ...publishedTokens(published)] };
}

/** The tokens that a `tokenizer.json` lists as `added_tokens`. */
export function publishedTokens(published: unknown): readonly DeclaredToken[] {
  const place = "tokenizer.json: added_tokens";
  if (published === undefined || published === null) return [];
  if (!Array.isArray(published))
    throw new FileFault(`${place} is ${quoted(published)}, not a list`);
  return published.map((token: unknown, i) => {
    const at = `${place}[${i}]`;
    return declaredToken(Object(token).id, addedToken(token, at), at);
  });
}

function declaredToken(id: unknown, token: AddedToken, place: string): DeclaredToken {
  if (Number.isSafeInteger(id) && (id as number) >= 0) return { id: id as number, token, place };
  throw new FileFault(
    `${place} gives the token ${quoted(token.content)} the id ${quoted(id)}, not a number from 0`,
  );
}

function entriesOf(value: unknown, place: string): readonly (readonly [string, unknown])[] {
  if (isObject(value)) return Object.entries(value);
  throw new FileFault(`${place} is ${quoted(value)}, not an object of tokens`);
}
