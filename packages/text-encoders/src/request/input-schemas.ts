import { maxItems } from "./input.ts";

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string", minLength: 1 };
const ids: Schema = { type: "array", minItems: 1, items: { type: "integer", minimum: 0 } };

/** One item, or several. */
const oneOrMore = (items: Schema): readonly Schema[] => [
  items,
  { type: "array", minItems: 1, maxItems, items },
];

/** The JSON Schemas of inputs: `inputProblem` and its two narrower forms say the same in words. */
export const textsSchema: Schema = { anyOf: oneOrMore(text) };
export const idsSchema: Schema = { anyOf: oneOrMore(ids) };
export const inputSchema: Schema = { anyOf: [...oneOrMore(text), ...oneOrMore(ids)] };
