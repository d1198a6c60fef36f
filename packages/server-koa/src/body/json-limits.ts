import { setImmediate as turn } from "node:timers/promises";

/** 2,048 lists of token ids open 2,050. A hundred thousand take JSON.parse 30 ms. */
export const mostBrackets = 100_000;
/** 2,048 texts of 512 ids have half as many. Two million numbers take JSON.parse 22 ms. */
export const mostCommas = 2_000_000;

/** 2,048 objects of four fields have fewer. A schema that refuses unknown keys takes 8 ms over ten thousand, seconds over a million. */
export const mostKeys = 10_000;

/** Texts shorter than this cannot hold the event loop for long: they have no room for many more keys. */
const harmless = 65_536;
/** Characters looked at between two turns of the event loop. */
const stretch = 1_000_000;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const bracket = 0x5b;
const brace = 0x7b;

/** Whether JSON has so many parts that reading it would hold the event loop: 32 MiB of "[]," do for 3.6 s, as one string for 20 ms. */
export async function isIntricate(json: string): Promise<boolean> {
  if (json.length < harmless) return false;
  const nextQuote = finder(json, '"');
  const nextBackslash = finder(json, "\\");
  let inString = false;
  let brackets = 0;
  let commas = 0;
  let keys = 0;
  let pause = stretch;
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
    if (brackets > mostBrackets || commas > mostCommas || keys > mostKeys) return true;
    if (at < pause) continue;
    await turn();
    pause = at + stretch;
  }
  return false;
}

/** Where a character is next, for positions that only grow: each stretch of the text is searched once. Infinity where there is none. */
function finder(text: string, character: string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) found = text.indexOf(character, from);
    if (found < 0) found = Infinity;
    return found;
  };
}
