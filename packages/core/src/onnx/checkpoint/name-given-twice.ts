import { shorten } from "../../errors.ts";

/** Characters of the name that are quoted. */
const maxQuoted = 80;

/** The first name that an object of a well-formed JSON text has twice; "" when there is none. */
export function nameGivenTwice(json: string): string {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{") open.push(new Set());
    else if (character === "}") open.pop();
    if (character !== '"') continue;
    const end = endOfString(json, at);
    if (/^\s*:/.test(json.slice(end, end + maxQuoted))) {
      const name = JSON.parse(json.slice(at, end)) as string;
      const names = open.at(-1)!;
      if (names.has(name)) return shorten(name, maxQuoted);
      names.add(name);
    }
    at = end - 1;
  }
  return "";
}

/** The place behind a string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}
