/**
 * Characters that move a cursor, reverse a text or cannot be seen: controls, separators of lines and paragraphs, lone
 * surrogates, and format characters except the two joiners that scripts and emoji are written with (Unicode's general categories).
 */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;

/**
 * The same text with such characters as JSON escapes them, so that a terminal shows it and does not obey it. `kept` lists the ones that
 * stay. Inside a string of JSON the result means the same string.
 */
export function visibleText(text: string, kept = ""): string {
  return text.replace(unseen, (character) =>
    kept.includes(character) ? character : escaped(character),
  );
}

/** A character beyond U+FFFF has two halves. */
function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
