import { inspect } from "node:util";
import type { Logger } from "@kindred/core";

/** A line for each message on standard error, its facts behind it. */
export const terminalLogger: Logger = {
  debug() {},
  info: (facts, message) => write(message, facts),
  warn: (facts, message) => write(`warning: ${message}`, facts),
  error: (facts, message) => write(`error: ${message}`, facts),
};

/** Warnings and errors only. */
export const quietLogger: Logger = { ...terminalLogger, info() {} };

function write(message: string, facts: object): void {
  const shown = Object.entries(facts).map(([name, fact]) => `${name}=${show(fact)}`);
  process.stderr.write(`${[message, ...shown].join(" ")}\n`);
}

function show(fact: unknown): string {
  if (typeof fact === "string") return /[\s"]/.test(fact) ? JSON.stringify(fact) : fact;
  return inspect(fact);
}
