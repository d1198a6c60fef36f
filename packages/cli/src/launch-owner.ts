import type { Launch } from "@kindred/core";
import { UsageError } from "./usage-error.ts";

/** The launch whose id and a dot a flag's value begins with. Ids may have dots, so the longest that fits is meant. */
export function launchOwner(value: string, launches: readonly Launch[]): Launch | undefined {
  return launches
    .filter(({ id }) => value.startsWith(`${id}.`))
    .toSorted((a, b) => b.id.length - a.id.length)[0];
}

/** The error of a flag whose value names no model, where it is to be written in this notation. */
export function ownerless(flag: string, notation: string, launches: readonly Launch[]): UsageError {
  const ids = launches.map(({ id }) => `"${id}"`).join(", ");
  return new UsageError(`${flag} names no model. Write ${notation} with one of these ids: ${ids}.`);
}
