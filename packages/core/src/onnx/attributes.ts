import type { AttributeProto } from "./model-proto.ts";
import { need } from "./need.ts";
import type { Kind } from "./need.ts";
import { Subgraph } from "./subgraph.ts";

/**
 * An operator's attributes by name. Whole numbers become ints and other numbers floats. An attribute that ONNX defines as a
 * float ("alpha", "epsilon", "scale", …) always becomes one.
 */
export type Attributes = Readonly<Record<string, number | string | readonly number[] | Subgraph>>;

const floats: ReadonlySet<string> = new Set([
  "alpha",
  "beta",
  "cubic_coeff_a",
  "epsilon",
  "extrapolation_value",
  "gamma",
  "mask_filter_value",
  "scale",
]);

const isNumber = (value: unknown): boolean => typeof value === "number" && !Number.isNaN(value);
const kind: Kind = {
  words: "a number, a text, a list of numbers or a subgraph",
  is: (value) =>
    typeof value === "string" ||
    isNumber(value) ||
    value instanceof Subgraph ||
    (Array.isArray(value) && value.every(isNumber)),
};

/** AttributeProto.AttributeType of onnx.proto. */
const types = { float: 1, int: 2, string: 3, graph: 5, floats: 6, ints: 7 };

/** TypeError for a value that no attribute of `operator` can have, such as undefined. */
export function encodeAttributes(operator: string, attributes: Attributes): AttributeProto[] {
  return Object.entries(attributes).map(([name, value]) => {
    need(operator, kind, { [name]: value });
    return encodeAttribute(name, value);
  });
}

function encodeAttribute(name: string, value: Attributes[string]): AttributeProto {
  if (typeof value === "string") return { name, type: types.string, s: Buffer.from(value) };
  if (value instanceof Subgraph) return { name, type: types.graph, g: value.proto };
  if (typeof value === "number") {
    return isInt(name, value)
      ? { name, type: types.int, i: value }
      : { name, type: types.float, f: value };
  }
  return value.every((item) => isInt(name, item))
    ? { name, type: types.ints, ints: value }
    : { name, type: types.floats, floats: value };
}

function isInt(name: string, value: number): boolean {
  return Number.isInteger(value) && !floats.has(name);
}
