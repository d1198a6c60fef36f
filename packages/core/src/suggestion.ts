import { distance } from "fastest-levenshtein";

/** " Did you mean "x"?" when a known name is near, else what there is; starts with a space. */
export function suggestion(asked: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const near = known
    .map((name) => ({ name, steps: distance(asked.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, steps }) => steps <= Math.max(2, name.length / 4))
    .toSorted((a, b) => a.steps - b.steps)[0];
  if (near) return ` Did you mean "${near.name}"?`;
  const shown = known
    .slice(0, 20)
    .map((name) => `"${name}"`)
    .join(", ");
  if (known.length > 20) return ` There are ${known.length}, among them ${shown}.`;
  return ` There ${known.length === 1 ? "is" : "are"} ${shown}.`;
}
