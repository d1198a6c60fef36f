import { isUtf8 } from "node:buffer";
import { KernelError, reached } from "@kindred/core";
import jsonc from "jsonc-parser";
import { exceedsJsonLimits, maxBrackets, maxCommas, maxKeys } from "./json-limits.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Bytes parsed without checking the limits: so few cannot have many more keys than are allowed. */
const maxUnchecked = 65_536;

/** Characters in which a fault is looked for. Looking through more would hold the event loop. */
const maxSearched = 1_000_000;

/**
 * The value of a JSON body. INVALID_INPUT when it is not UTF-8, has more parts than can be parsed without holding the event
 * loop, or is not JSON; then the message says where.
 */
export async function parseJson(bytes: Buffer): Promise<unknown> {
  if (!isUtf8(bytes)) throw new KernelError("INVALID_INPUT", "The body is not valid UTF-8.");
  const text = bytes.length > maxUnchecked ? await checkedText(bytes) : bytes.toString();
  return parse(text.replace(/^\uFEFF/, ""));
}

async function checkedText(bytes: Buffer): Promise<string> {
  const text = await decodeUtf8(bytes);
  if (!(await exceedsJsonLimits(text))) return text;
  reached("json.parts");
  throw new KernelError(
    "INVALID_INPUT",
    `The body has more than ${maxBrackets} arrays and objects, ${maxKeys} keys or ${maxCommas} values. Send it in parts.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KernelError("INVALID_INPUT", `The body is not valid JSON${fault(text)}.`, { cause });
  }
}

function fault(text: string): string {
  if (text.trim() === "") return ": it is empty";
  if (text.length > maxSearched) return "";
  let found = "";
  const visitor: jsonc.JSONVisitor = {
    onError(code, offset, _length, line, column) {
      found ||= `: ${describe(text, code, offset)} at line ${line + 1}, column ${column + 1}`;
    },
  };
  try {
    jsonc.visit(text, visitor, { disallowComments: true });
  } catch {
    // The visitor recurses: JSON nested deeper than the stack stops it, though not JSON.parse.
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
