import { KernelError } from "../../errors.ts";

/**
 * The object that a JSON text holds. LOAD_FAILED for anything else, and for a name that an object has twice: JSON.parse would
 * silently keep the last.
 */
export function parseJson(text: string, file: string): Record<string, unknown> {
  const value = parse(text, file);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new KernelError(
      "LOAD_FAILED",
      `"${file}" holds JSON that is not an object. Fetch it again.`,
    );
  }
  const twice = duplicate(text);
  if (twice !== undefined) {
    throw new KernelError(
      "LOAD_FAILED",
      `"${file}" has the name "${twice}" twice in one object. Fetch it again.`,
    );
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
      {
        cause,
      },
    );
  }
}

/** The first name that an object has twice. The JSON is well-formed. */
function duplicate(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, quoted] of text.matchAll(/("(?:[^"\\]|\\.)*")(?:\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (token.endsWith(":")) {
      const name = JSON.parse(quoted!) as string;
      const names = open.at(-1)!;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}
