import { setImmediate as turn } from "node:timers/promises";

/** 2,048 lists of token ids open 2,050. A hundred thousand take JSON.parse 30 ms. */
export const mostBrackets = 100_000;
/** 2,048 texts of 512 ids have half as many. Two million numbers take JSON.parse 22 ms. */
export const mostCommas = 2_000_000;

/** Texts shorter than this cannot hold the event loop for long. */
const harmless = 262_144;
/** Characters looked at between two turns of the event loop. */
const stretch = 1_000_000;

const quote = 0x22;
const comma = 0x2c;
const bracket = 0x5b;
const backslash = 0x5c;
const brace = 0x7b;

/** Whether JSON has so many parts that JSON.parse would hold the event loop: 32 MiB of "[]," do for 3.6 s, as one string for 20 ms. */
export async function isIntricate(json: string): Promise<boolean> {
  if (json.length < harmless) return false;
  let brackets = 0;
  let commas = 0;
  let pause = stretch;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfString(json, at);
    else if (code === comma) commas += 1;
    else if (code === bracket || code === brace) brackets += 1;
    if (brackets > mostBrackets || commas > mostCommas) return true;
    if (at < pause) continue;
    await turn();
    pause = at + stretch;
  }
  return false;
}

function endOfString(json: string, start: number): number {
  let end = start;
  do {
    end = json.indexOf('"', end + 1);
    if (end === -1) return json.length;
  } while (isEscaped(json, end));
  return end;
}

function isEscaped(json: string, at: number): boolean {
  let first = at;
  while (json.charCodeAt(first - 1) === backslash) first -= 1;
  return (at - first) % 2 === 1;
}
