import { UsageError } from "./usage-error.ts";

const units: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["KB", 1e3],
  ["MB", 1e6],
  ["GB", 1e9],
  ["TB", 1e12],
  ["KIB", 2 ** 10],
  ["MIB", 2 ** 20],
  ["GIB", 2 ** 30],
  ["TIB", 2 ** 40],
]);

/** The bytes of an option's value: "8GB", "1.5 GiB" or "4000000000". */
export function parseSize(option: string, text: string): number {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const bytes = Number(amount) * (units.get(unit.toUpperCase()) ?? NaN);
  if (bytes > 0) return Math.floor(bytes);
  throw new UsageError(`${option} must be a size such as 8GB or 512MiB, not "${text}".`);
}
