import { told } from "../shared/told.ts";
import { elementTypes } from "./element-type.ts";

/** A demand on an argument. */
export interface Kind {
  /** In words, for a message. */
  readonly words: string;
  is(value: unknown): boolean;
}

const isValue = (value: unknown): boolean =>
  typeof (value as { readonly name?: unknown } | null | undefined)?.name === "string";

export const aValue: Kind = { words: "a value of the graph", is: isValue };

export const values: Kind = {
  words: "a list of values of the graph",
  is: (value) => Array.isArray(value) && value.every(isValue),
};

export const aFunction: Kind = {
  words: "a function",
  is: (value) => typeof value === "function",
};

export const count: Kind = {
  words: "a whole number of 1 or more",
  is: (value) => Number.isSafeInteger(value) && (value as number) > 0,
};

export const integer: Kind = { words: "a whole number", is: Number.isSafeInteger };

export const integers: Kind = {
  words: "a list of whole numbers",
  is: (value) => Array.isArray(value) && value.every(Number.isSafeInteger),
};

export const finite: Kind = { words: "a number", is: Number.isFinite };

export const elementType: Kind = {
  words: `one of ${Object.keys(elementTypes).join(", ")}`,
  is: (value) => typeof value === "string" && Object.hasOwn(elementTypes, value),
};

/**
 * TypeError that names the first of these arguments that is not what it must be. Callers without types would hear of it when the
 * graph opens, or as weights that seem to be damaged.
 */
export function need(who: string, kind: Kind, given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (kind.is(value)) continue;
    throw new TypeError(`${who} needs ${name}: ${kind.words}, not ${told(value)}.`);
  }
}
