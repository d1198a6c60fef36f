import { inspect } from "node:util";
import type { Logger } from "@kindred/core";
import { visibleText } from "./visible-text.ts";

/**
 * Writes a line to standard error for each message, followed by its facts. Further lines of a stack are indented, so that
 * nothing a client sent can look like a line of its own.
 */
export const terminalLogger: Logger = {
  debug() {},
  info: (facts, message) => write(message, facts),
  warn: (facts, message) => write(`warning: ${message}`, facts),
  error: (facts, message) => write(`error: ${message}`, facts),
};

/** The same for warnings and errors only. */
export const quietLogger: Logger = { ...terminalLogger, info() {} };

/** Characters that may wait for a slow reader of a pipe, which Node would collect without bound. */
const maxWaiting = 1 << 20;
let lost = 0;

function write(message: string, facts: object): void {
  const { stderr } = process;
  if (stderr.writableLength > maxWaiting) {
    lost += 1;
    return;
  }
  if (lost > 0) stderr.write(`warning: ${lost} lines are lost here, which were not read in time\n`);
  lost = 0;
  const shown = Object.entries(facts).map(([name, fact]) => `${name}=${show(fact)}`);
  const record = visibleText([message, ...shown].join(" "), "\n");
  stderr.write(`${record.replaceAll("\n", "\n  ")}\n`);
}

function show(fact: unknown): string {
  if (typeof fact !== "string") return inspect(fact);
  const plain = fact !== "" && !/[\s"\\]/.test(fact) && visibleText(fact) === fact;
  return plain ? fact : JSON.stringify(fact);
}
