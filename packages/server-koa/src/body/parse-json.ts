import { KernelError } from "@kindred/core";
import jsonc from "jsonc-parser";
import { isIntricate, mostBrackets, mostCommas, mostKeys } from "./json-limits.ts";

/** Beyond this many characters a fault is not looked for: that would hold the event loop. */
const searched = 1_000_000;

/** INVALID_INPUT when the text is not JSON, saying where, or has more parts than can be read without holding the event loop. */
export async function parseJson(text: string): Promise<unknown> {
  if (await isIntricate(text)) {
    throw new KernelError(
      "INVALID_INPUT",
      `The body has more than ${mostBrackets} arrays and objects, ${mostKeys} keys or ${mostCommas} values. Send it in parts.`,
    );
  }
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
  const visitor: jsonc.JSONVisitor = {
    onError(code, offset, _length, line, column) {
      found ||= `: ${describe(text, code, offset)} at line ${line + 1}, column ${column + 1}`;
    },
  };
  try {
    jsonc.visit(text, visitor, { disallowComments: true });
  } catch {
    // Nested deeper than the stack, which the visitor needs and JSON.parse does not.
  }
  return found;
}

function describe(text: string, code: number, offset: number): string {
  if (/[}\]]/.test(text.charAt(offset)) && text.slice(0, offset).trimEnd().endsWith(",")) {
    return `a comma before "${text.charAt(offset)}"`;
  }
  const words = jsonc.printParseErrorCode(code).replace(/\B[A-Z]/g, " $&");
  return words.toLowerCase();
}
