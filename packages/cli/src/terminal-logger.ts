import { inspect } from "node:util";
import type { Logger } from "@kindred/core";

/** Writes a line to standard error for each message, followed by its facts. */
export const terminalLogger: Logger = {
  debug() {},
  info: (facts, message) => write(message, facts),
  warn: (facts, message) => write(`warning: ${message}`, facts),
  error: (facts, message) => write(`error: ${message}`, facts),
};

/** The same for warnings and errors only. */
export const quietLogger: Logger = { ...terminalLogger, info() {} };

function write(message: string, facts: object): void {
  const shown = Object.entries(facts).map(([name, fact]) => `${name}=${show(fact)}`);
  process.stderr.write(`${[message, ...shown].join(" ")}\n`);
}

function show(fact: unknown): string {
  if (typeof fact === "string") return /[\s"]/.test(fact) ? JSON.stringify(fact) : fact;
  return inspect(fact);
}
