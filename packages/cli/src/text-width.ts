/** Where the scripts begin whose characters take two columns of a terminal. Taking too many for wide ones never makes a line too long. */
const wide = 0x11_00;
/** Kindred's own signs, which are narrow. */
const narrow: ReadonlySet<string> = new Set(["…", "█", "░"]);

/** The most columns of a terminal that a text takes. */
export function textWidth(text: string): number {
  return [...text].reduce((width, character) => width + widthOf(character), 0);
}

/** A text of exactly so many columns: filled with spaces, or without its middle or its end, whose place "…" takes. */
export function fitted(text: string, columns: number, cut: "middle" | "end" = "middle"): string {
  if (textWidth(text) <= columns) return text + " ".repeat(columns - textWidth(text));
  const kept = cut === "end" ? columns - 1 : Math.ceil((columns - 1) / 3);
  const head = taken([...text], kept);
  const left = columns - 1 - textWidth(head);
  const tail = [...taken([...text].toReversed(), left)].toReversed().join("");
  const shortened = columns > 0 ? `${head}…${tail}` : "";
  return shortened + " ".repeat(Math.max(0, columns - textWidth(shortened)));
}

/** The first characters that fit. */
function taken(characters: readonly string[], columns: number): string {
  let width = 0;
  const end = characters.findIndex((character) => (width += widthOf(character)) > columns);
  return characters.slice(0, end < 0 ? undefined : end).join("");
}

function widthOf(character: string): number {
  return character.codePointAt(0)! >= wide && !narrow.has(character) ? 2 : 1;
}
