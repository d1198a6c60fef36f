import { pino, stdTimeFunctions } from "pino";
import type { Logger } from "@kindred/core";
import { BoundedLines } from "./bounded-lines.ts";
import { errorFacts } from "./error-facts.ts";
import { jsonLines } from "./json-lines.ts";
import { prettyLines } from "./pretty-lines.ts";

export type LogFormat = "pretty" | "json";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogOptions {
  /** Default "pretty". */
  readonly format?: LogFormat;
  /** Default "info". */
  readonly level?: LogLevel;
}

/** A logger whose level can be changed while it logs. */
export interface Log extends Logger {
  level: string;
}

const renderings = { pretty: prettyLines, json: jsonLines } as const;

/**
 * A log on standard error. pino makes its records, and each format shows one record as one, whatever a client sent. Errors have their
 * stacks and causes.
 */
export function openLog({ format = "pretty", level = "info" }: LogOptions = {}): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: errorFacts },
    },
    new BoundedLines(process.stderr, renderings[format]),
  );
}

/** The log of commands that end by themselves: warnings and errors. */
export const quietLogger: Logger = openLog({ level: "warn" });
