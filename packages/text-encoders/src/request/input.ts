import { reached } from "@kindred/core";
import type { TextInput } from "@kindred/core/text";

/** `input` of a request: one text or several, or the token ids of one or of several. */
export type Input = TextsInput | IdsInput;

export type TextsInput = string | readonly string[];

export type IdsInput = readonly number[] | readonly (readonly number[])[];

/** Texts of one request, as OpenAI limits them. The ids of one text are limited by what its model takes. */
export const maxItems = 2048;

/**
 * Says what is wrong with an input by OpenAI's rules, as a predicate of "input"; undefined when nothing is. It loops by itself,
 * since a schema takes long for a million ids.
 */
export function inputProblem(input: unknown): string | undefined {
  if (typeof input === "string") return textProblem(input);
  if (!Array.isArray(input)) return "must be a string, strings, token ids or lists of token ids";
  if (input.length === 0) return "must not be an empty array";
  const isOfTexts = typeof input[0] === "string";
  if (!isOfTexts && !Array.isArray(input[0])) return idsProblem(input, "input");
  if (input.length > maxItems) {
    reached("input.items");
    return `may have ${maxItems} items at most, this has ${input.length}`;
  }
  return isOfTexts ? textsProblem(input) : listsProblem(input);
}

/** The same for an input that has texts alone. */
export function textsInputProblem(input: unknown): string | undefined {
  const isText =
    typeof input === "string" || (Array.isArray(input) && typeof input[0] === "string");
  return isText ? inputProblem(input) : "must be a string or strings";
}

/** The same for an input that has token ids alone. */
export function idsInputProblem(input: unknown): string | undefined {
  const isIds = Array.isArray(input) && typeof input[0] !== "string";
  return isIds ? inputProblem(input) : "must be token ids or lists of token ids";
}

/** The items of an input. */
export function listed(input: TextsInput): readonly string[];
export function listed(input: IdsInput): readonly (readonly number[])[];
export function listed(input: Input): readonly TextInput[];
export function listed(input: Input): readonly TextInput[] {
  if (typeof input === "string") return [input];
  return typeof input[0] === "number"
    ? [input as readonly number[]]
    : (input as readonly TextInput[]);
}

function textProblem(text: string): string | undefined {
  if (text === "") return "must not be an empty string";
  return text.isWellFormed()
    ? undefined
    : "must be well-formed Unicode, it has half of a surrogate pair";
}

function textsProblem(texts: readonly unknown[]): string | undefined {
  const at = texts.findIndex((text) => typeof text !== "string" || textProblem(text));
  if (at < 0) return undefined;
  if (texts[at] === "") return `must not have empty strings, input[${at}] is one`;
  return typeof texts[at] === "string"
    ? `must be well-formed Unicode, half of a surrogate pair is in input[${at}]`
    : `must have one kind of items, input[${at}] is not a string`;
}

function listsProblem(lists: readonly unknown[]): string | undefined {
  for (const [at, ids] of lists.entries()) {
    if (!Array.isArray(ids)) return `must have one kind of items, input[${at}] is not an array`;
    if (ids.length === 0) return `must not have empty arrays, input[${at}] is one`;
    const problem = idsProblem(ids, `input[${at}]`);
    if (problem) return problem;
  }
  return undefined;
}

function idsProblem(ids: readonly unknown[], name: string): string | undefined {
  const at = ids.findIndex((id) => !Number.isSafeInteger(id) || (id as number) < 0);
  if (at < 0) return undefined;
  const found = typeof ids[at] === "number" ? `is ${ids[at]}` : "is no number";
  return `must have token ids that are whole and not negative, ${name}[${at}] ${found}`;
}
