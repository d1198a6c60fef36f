import { KernelError } from "@kindred/core";
import jsonc from "jsonc-parser";

/** Beyond this many characters a fault is not looked for: that would hold the event loop. */
const searched = 1_000_000;

/** INVALID_INPUT, saying where, when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KernelError("INVALID_INPUT", `The body is not valid JSON${fault(text)}.`, { cause });
  }
}

function fault(text: string): string {
  if (text.trim() === "") return ": it is empty";
  if (text.length > searched) return "";
  let found = "";
  jsonc.visit(
    text,
    {
      onError(code, offset, _length, line, column) {
        found ||= `: ${describe(text, code, offset)} at line ${line + 1}, column ${column + 1}`;
      },
    },
    { disallowComments: true },
  );
  return found;
}

function describe(text: string, code: number, offset: number): string {
  if (/[}\]]/.test(text.charAt(offset)) && text.slice(0, offset).trimEnd().endsWith(",")) {
    return `a comma before "${text.charAt(offset)}"`;
  }
  const words = jsonc.printParseErrorCode(code).replace(/\B[A-Z]/g, " $&");
  return words.toLowerCase();
}
