import { TimeSlice } from "@kindred/core";

/** 2,048 lists of token ids have 2,050 arrays and objects. JSON.parse takes 30 ms for a hundred thousand. */
export const maxBrackets = 100_000;

/** 2,048 texts of 512 ids have half as many values. JSON.parse takes 22 ms for two million numbers. */
export const maxCommas = 2_000_000;

/**
 * 2,048 objects of four fields have fewer keys. A schema that refuses unknown keys takes 8 ms for ten thousand, seconds for
 * a million.
 */
export const maxKeys = 10_000;

/** Characters looked at before the time is. */
const stretch = 65_536;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const bracket = 0x5b;
const brace = 0x7b;

/**
 * Whether JSON has so many parts that parsing it would hold the event loop: 32 MiB of "[]," hold it for 3.6 s, as one
 * string for 20 ms.
 */
export async function exceedsJsonLimits(json: string): Promise<boolean> {
  const nextQuote = finder(json, '"');
  const nextBackslash = finder(json, "\\");
  let inString = false;
  let brackets = 0;
  let commas = 0;
  let keys = 0;
  let pause = stretch;
  const slice = new TimeSlice();
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (inString) {
      const escape = nextBackslash(at);
      const end = nextQuote(at);
      inString = escape < end;
      at = inString ? escape + 1 : end;
    } else if (code === quote) inString = true;
    else if (code === comma) commas += 1;
    else if (code === colon) keys += 1;
    else if (code === bracket || code === brace) brackets += 1;
    if (brackets > maxBrackets || commas > maxCommas || keys > maxKeys) return true;
    if (at < pause) continue;
    if (slice.isOver) await slice.next();
    pause = at + stretch;
  }
  return false;
}

/**
 * Finds the next place of a character; Infinity when there is none. Positions may only grow, so that each part of the text
 * is searched once.
 */
function finder(text: string, character: string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) found = text.indexOf(character, from);
    if (found < 0) found = Infinity;
    return found;
  };
}
