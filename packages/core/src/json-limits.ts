/** Upper bounds on the parts of a JSON text. */
export interface JsonLimits {
  /** Arrays and objects. */
  readonly maxBrackets: number;
  /** Names of members, in all objects together. */
  readonly maxKeys: number;
  /** Values after another one, in an array or object. */
  readonly maxCommas: number;
  /** Arrays and objects within each other. Default: any number. */
  readonly maxDepth?: number;
}

/** The parts of a JSON text, counted as `JsonLimits` has them. */
export interface JsonParts {
  readonly brackets: number;
  readonly keys: number;
  readonly commas: number;
}

/** Characters looked at before the caller may pause. */
const stretch = 65_536;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const bracket = 0x5b;
const closingBracket = 0x5d;
const brace = 0x7b;
const closingBrace = 0x7d;

/**
 * Counts the parts of a JSON text in one pass, without parsing it: JSON.parse takes 3.6 s for 32 MiB of "[],". It gives the
 * parts, or undefined as soon as there are more than the limits allow. It yields every 65,536 characters, in less than a
 * millisecond, so that a caller can let the event loop turn. Text that is no JSON gives some numbers.
 */
export function* countJson(
  json: string,
  { maxBrackets, maxKeys, maxCommas, maxDepth = Infinity }: JsonLimits,
): Generator<void, JsonParts | undefined> {
  const nextQuote = finder(json, '"');
  const nextBackslash = finder(json, "\\");
  let inString = false;
  let [brackets, keys, commas, depth] = [0, 0, 0, 0];
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
    else if (code === bracket || code === brace) {
      brackets += 1;
      depth += 1;
    } else if (code === closingBracket || code === closingBrace) depth -= 1;
    if (brackets > maxBrackets || keys > maxKeys || commas > maxCommas || depth > maxDepth) {
      return undefined;
    }
    if (at < pause) continue;
    yield;
    pause = at + stretch;
  }
  return { brackets, keys, commas };
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
