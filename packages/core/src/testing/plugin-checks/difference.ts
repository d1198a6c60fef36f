import { isDeepStrictEqual } from "node:util";

/** Relative, and absolute for numbers below 1. The shape of a batch changes the rounding of float32 by less. */
const tolerance = 1e-4;

/** The first difference of two values beyond rounding, as `It[0].score is 1, not 2`. undefined when there is none. */
export function difference(found: unknown, expected: unknown, path = "It"): string | undefined {
  if (typeof found === "number" && typeof expected === "number") {
    const scale = Math.max(1, Math.abs(expected));
    const same = Object.is(found, expected) || Math.abs(found - expected) <= tolerance * scale;
    return same ? undefined : `${path} is ${found}, not ${expected}`;
  }
  if (!isComposite(found) || !isComposite(expected)) {
    return isDeepStrictEqual(found, expected) ? undefined : `${path} is ${found}, not ${expected}`;
  }
  const keys = Object.keys(expected);
  if (!isDeepStrictEqual(Object.keys(found), keys)) {
    return `${path} has ${Object.keys(found).length} members, not the same ${keys.length}`;
  }
  for (const key of keys) {
    const place = Array.isArray(expected) || ArrayBuffer.isView(expected) ? `[${key}]` : `.${key}`;
    const differing = difference(found[key], expected[key], path + place);
    if (differing !== undefined) return differing;
  }
  return undefined;
}

function isComposite(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
