import { addedToken, quoted, textOf } from "./added-token.ts";
import type { WrittenToken } from "./added-token.ts";
import { FileFault } from "./file-fault.ts";
import { isObject } from "./json-object.ts";

/** The special tokens that every tokenizer of transformers has by name, in the order in which it adds them. */
export const tokenNames = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
] as const;

export type TokenName = (typeof tokenNames)[number];

/** The special tokens that a folder's configs have. */
export interface SpecialTokens {
  /** By name: `tokenNames` first, then a model's own. null: the folder says that there is none. */
  readonly named: ReadonlyMap<string, WrittenToken | null>;
  /** Further ones, without names. */
  readonly extra: readonly WrittenToken[];
  /** Texts that are special where a file says nothing of it. */
  readonly known: ReadonlySet<string>;
}

/** A field of a config. */
interface Field {
  readonly value: unknown;
  /** For messages: "tokenizer_config.json: mask_token". */
  readonly place: string;
  /** Whether its tokens are special without saying so. */
  readonly special: boolean;
}

type Fields = Map<string, Field>;

const extraName = "extra_special_tokens";
/** Its name until transformers 4. */
const additionalName = "additional_special_tokens";

/**
 * The special tokens of `tokenizer_config.json` and of the `special_tokens_map.json` that wins over it, as `from_pretrained` of
 * transformers 5 reads them. `map` is undefined where that file does not count.
 */
export function specialTokens(config: object, map?: unknown): SpecialTokens {
  const own = fieldsOf(config, "tokenizer_config.json", false);
  const over = map === undefined ? new Map() : fieldsOf(map, "special_tokens_map.json", true);
  const additional = own.get(additionalName);
  if (additional && isEmpty(own.get(extraName))) {
    own.set(extraName, additional);
    own.delete(additionalName);
  }
  const lists = extraLists(own, over);
  const standard = tokenNames.flatMap((name) => over.get(name) ?? own.get(name) ?? []);
  const known = [...standard, ...lists.flatMap(elementsOf)].filter(isKnown).map(tokenOf);
  const older = over.get(additionalName) ?? own.get(additionalName);
  return {
    named: namedTokens(own, over),
    extra: (lists.length > 0 || !older ? lists : [older]).flatMap(elementsOf).map(tokenOf),
    known: new Set(known.map(textOf)),
  };
}

/** The lists of further tokens. An object of them has names; one in `over` replaces a list in `own`. */
function extraLists(own: Fields, over: Fields): readonly Field[] {
  const [first, second] = [own.get(extraName), over.get(extraName)];
  if (isObject(second?.value)) return [];
  return [first, second].filter(
    (field) => field !== undefined && !isObject(field.value),
  ) as Field[];
}

function namedTokens(own: Fields, over: Fields): ReadonlyMap<string, WrittenToken | null> {
  const named = new Map<string, WrittenToken | null>();
  for (const name of tokenNames) {
    const field = over.get(name) ?? own.get(name);
    if (field) named.set(name, field.value === null ? null : tokenOf(field));
  }
  const written = [...own].filter(([, { value }]) => typeof value === "string");
  const further = [...own, ...over, ...written].filter(([name, field]) => isModelsOwn(name, field));
  const objects = [own.get(extraName), over.get(extraName)].flatMap((field) =>
    isObject(field?.value) ? [...fieldsOf(field.value, field.place, field.special)] : [],
  );
  for (const [name, field] of [...further, ...objects]) named.set(name, tokenOf(field));
  return named;
}

/** A token that this model has, such as image_token. Other fields end so, too: add_bos_token is true or false. */
function isModelsOwn(name: string, { value }: Field): boolean {
  if (!name.endsWith("_token") || tokenNames.includes(name as TokenName)) return false;
  return typeof value === "string" || isObject(value);
}

/** transformers does not see that a token with flags in `tokenizer_config.json` is the one of `added_tokens.json`. */
function isKnown({ value, special }: Field): boolean {
  return typeof value === "string" || (special && isObject(value));
}

function elementsOf({ value, place, special }: Field): readonly Field[] {
  if (value === null) return [];
  if (!Array.isArray(value))
    throw new FileFault(`${place} is ${quoted(value)}, not a list of tokens`);
  return value.map((each: unknown, i) => ({ value: each, place: `${place}[${i}]`, special }));
}

function tokenOf({ value, place, special }: Field): WrittenToken {
  if (typeof value === "string") return value;
  const token = addedToken(value, place);
  return special ? { ...token, special } : token;
}

function isEmpty(field: Field | undefined): boolean {
  return field === undefined || Object.keys(Object(field.value)).length === 0;
}

function fieldsOf(file: unknown, place: string, special: boolean): Fields {
  if (!isObject(file)) throw new FileFault(`${place} is ${quoted(file)}, not an object`);
  const before = place.includes(": ") ? `${place}.` : `${place}: `;
  return new Map(
    Object.entries(file).map(([name, value]) => [name, { value, place: before + name, special }]),
  );
}
