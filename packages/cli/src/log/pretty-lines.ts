import { inspect } from "node:util";
import { visibleText } from "../visible-text.ts";
import type { Lines } from "./bounded-lines.ts";

const prefixes: ReadonlyMap<string, string> = new Map([
  ["debug", "debug: "],
  ["warn", "warning: "],
  ["error", "error: "],
]);

/**
 * A line for people, its message before its facts. Further lines of a stack are indented, so that nothing a client sent can look like a
 * line of its own.
 */
export const prettyLines: Lines = {
  show(record) {
    const { level, time: _, msg, ...facts } = JSON.parse(record);
    const shown = Object.entries(facts).map(([name, fact]) => `${name}=${show(fact)}`);
    const text = visibleText([`${prefixes.get(level) ?? ""}${msg}`, ...shown].join(" "), "\n");
    return `${text.replaceAll("\n", "\n  ")}\n`;
  },
  lost: (count) => `warning: ${count} lines are lost here, which were not read in time\n`,
};

function show(fact: any): string {
  if (typeof fact?.stack === "string") return fact.stack;
  if (typeof fact !== "string") return inspect(fact);
  const plain = fact !== "" && !/[\s"\\]/.test(fact) && visibleText(fact) === fact;
  return plain ? fact : JSON.stringify(fact);
}
