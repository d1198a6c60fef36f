import { KernelError } from "../../errors.ts";
import { checkParts } from "../../shared/model-json.ts";
import { nameGivenTwice } from "./name-given-twice.ts";

/**
 * The object that a JSON text holds. LOAD_FAILED for anything else, for a text of too many parts, and for a name that an object
 * has twice: JSON.parse would silently keep the last.
 */
export function parseJson(text: string, file: string): Record<string, unknown> {
  const { keys } = checkParts(text, file);
  const value = parse(text, file);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new KernelError(
      "LOAD_FAILED",
      `"${file}" holds JSON that is not an object. Fetch it again.`,
    );
  }
  if (namesIn(value) < keys) {
    const message = `"${file}" has the name "${nameGivenTwice(text)}" twice in one object. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  return value as Record<string, unknown>;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KernelError(
      "LOAD_FAILED",
      `"${file}" does not hold JSON where it should. Fetch it again.`,
      { cause },
    );
  }
}

/** The names in a value's objects, all together. The text nests them no deeper than the stack allows. */
function namesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let names = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const each of Object.values(value)) names += namesIn(each);
  return names;
}
