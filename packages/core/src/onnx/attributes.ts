import type { AttributeProto } from "./model-proto.ts";

/**
 * An operator's attributes by name. Whole numbers become ints and other numbers floats. An attribute that ONNX defines as a
 * float ("alpha", "epsilon", "scale", …) always becomes one.
 */
export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

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

/** AttributeProto.AttributeType of onnx.proto. */
const types = { float: 1, int: 2, string: 3, floats: 6, ints: 7 };

export function encodeAttributes(attributes: Attributes): AttributeProto[] {
  return Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value));
}

function encodeAttribute(name: string, value: Attributes[string]): AttributeProto {
  if (typeof value === "string") return { name, type: types.string, s: Buffer.from(value) };
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
