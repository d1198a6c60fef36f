import { inspect } from "node:util";
import { suggestion } from "@kindred/core";
import type { z } from "zod";
import { UsageError } from "../usage-error.ts";
import type { Setting } from "./setting.ts";

type Issue = z.core.$ZodIssue;

/** The value that somebody wrote. UsageError that begins with `where` for what the setting cannot be. */
export function readSetting(setting: Setting, written: unknown, where: string): unknown {
  const prepared = setting.prepare ? setting.prepare(written, where) : written;
  const read = setting.schema.safeParse(prepared);
  if (read.success) return read.data;
  const issue = within(read.error.issues[0]!);
  throw new UsageError(refusal(issue, prepared, where, setting));
}

function refusal(issue: Issue, written: unknown, where: string, setting: Setting): string {
  const { isSecret, members = [] } = setting;
  const place = issue.path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  // A list of a flag is the flag given several times: its number says nothing.
  const isText = issue.path.length === 1 && Array.isArray(written);
  const at = isText ? where : withPlace(where, place.join(""));
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    return `${withPlace(where, place.join(""))} has "${key}", which is not known.${suggestion(key, members)}`;
  }
  const value = issue.path.reduce<any>((inner, key) => inner?.[key], written);
  const shown = isSecret ? "" : `, not ${told(value)}`;
  return `${at} must be ${issue.message}${shown}.`;
}

/** A value as JSON where JSON has it; a program's may be any. */
function told(value: unknown): string {
  if (value === undefined) return "absent";
  if (typeof value === "object") return inspect(value, { depth: 2, breakLength: Infinity });
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** "models in kindred.config.json" with "[0].id" is "models[0].id in kindred.config.json". */
function withPlace(where: string, place: string): string {
  const [name, ...rest] = where.split(" in ");
  return [`${name}${place}`, ...rest].join(" in ");
}

/** Of a union, the fault of the branch that came furthest: a launch's field rather than that it is no text. */
function within(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flat().map(within);
  const furthest = inner.find(({ path, code }) => path.length > 0 || code === "unrecognized_keys");
  return furthest ? { ...furthest, path: [...issue.path, ...furthest.path] } : issue;
}
