import { distance } from "fastest-levenshtein";

/** " Did you mean "x"?" when a known name is near, else ""; starts with a space. A name that begins as asked is near. */
export function nearest(asked: string, known: readonly string[]): string {
  const text = asked.toLowerCase();
  const [near] = known
    .map((name) => ({ name, steps: distance(text, name.toLowerCase()) }))
    .filter(({ name, steps }) => {
      const begins = text.length > 3 && name.toLowerCase().startsWith(text);
      return begins || steps <= Math.max(2, name.length / 4);
    })
    .toSorted((a, b) => a.steps - b.steps);
  return near ? ` Did you mean "${near.name}"?` : "";
}

/** The same, or else what there is. */
export function suggestion(asked: string, known: readonly string[]): string {
  const near = nearest(asked, known);
  if (near !== "" || known.length === 0) return near;
  const shown = known
    .slice(0, 20)
    .map((name) => `"${name}"`)
    .join(", ");
  if (known.length > 20) return ` There are ${known.length}, among them ${shown}.`;
  return ` There ${known.length === 1 ? "is" : "are"} ${shown}.`;
}
