import type { StandardSchemaV1 } from "@standard-schema/spec";
import { KernelError, shorten } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";

type Issue = StandardSchemaV1.Issue;

/** How a value that a schema refuses is told. */
export interface Refusal {
  /** INVALID_INPUT also names the first field at fault in `param`. */
  readonly code: Extract<ErrorCode, "INVALID_INPUT" | "LOAD_FAILED">;
  /** Says what was refused, as a sentence without its stop: "1_Pooling/config.json is not sound". Default: nothing. */
  readonly what?: string;
}

/** Issues named in one message, and characters quoted of an unknown key. */
const maxNamed = 3;
const maxKey = 40;

/** The value as its schema makes it. Rejects with a `KernelError` that names the fields at fault. */
export async function validated<T>(
  schema: StandardSchemaV1<unknown, T>,
  value: unknown,
  refusal: Refusal,
): Promise<T> {
  return settled(await schema["~standard"].validate(value), refusal);
}

/** The same for a schema that validates synchronously. TypeError when it does not. */
export function validatedNow<T>(
  schema: StandardSchemaV1<unknown, T>,
  value: unknown,
  refusal: Refusal,
): T {
  const result = schema["~standard"].validate(value);
  if ("then" in result) {
    void Promise.resolve(result).catch(() => {});
    throw new TypeError("The schema validates asynchronously. Use validated().");
  }
  return settled(result, refusal);
}

function settled<T>(result: StandardSchemaV1.Result<T>, { code, what }: Refusal): T {
  if (!result.issues) return result.value;
  const faults = result.issues.slice(0, maxNamed).map((issue) => fault(issue));
  const more = result.issues.length - maxNamed;
  const told = faults.map(({ text }) => text).join("; ") || "Its schema refuses it";
  const fields = more > 0 ? `${told}; and ${more} more` : told;
  const message = what === undefined ? `${fields}.` : `${what}. ${fields}.`;
  throw new KernelError(code, message, code === "INVALID_INPUT" ? { param: faults[0]?.param } : {});
}

interface Fault {
  readonly param: string | undefined;
  readonly text: string;
}

function fault(issue: Issue): Fault {
  const deepest = inUnion(issue);
  const keys = unknownKeys(deepest);
  // Zod reports an unknown key on the object that holds it.
  const param = fieldPath([...(deepest.path ?? []), ...keys.slice(0, 1).map(shortKey)]);
  const text = keys.length > 0 ? unknownText(keys) : deepest.message.replace(/\.$/, "");
  return param === "" ? { param: undefined, text } : { param, text: `${param}: ${text}` };
}

function unknownKeys(issue: Issue): readonly string[] {
  return "keys" in issue && Array.isArray(issue.keys) ? issue.keys : [];
}

function unknownText(keys: readonly string[]): string {
  const names = keys.slice(0, maxNamed).map((key) => JSON.stringify(shortKey(key)));
  const more = keys.length > maxNamed ? ` and ${keys.length - maxNamed} more` : "";
  return `Unrecognized key${keys.length > 1 ? "s" : ""}: ${names.join(", ")}${more}`;
}

function shortKey(key: string): string {
  return shorten(key, maxKey);
}

/** What zod says of a union that has no words of its own. */
const unworded = "Invalid input";

/** The issue of the union's branch that got furthest: it is the one that the sender meant. A union of plain values may have words of its own. */
function inUnion(issue: Issue): Issue {
  if (!("errors" in issue) || !Array.isArray(issue.errors)) return issue;
  const branches = (issue.errors as Issue[][]).flatMap(([first]) =>
    first ? [inUnion(first)] : [],
  );
  const depth = Math.max(0, ...branches.map(({ path }) => path?.length ?? 0));
  if (depth === 0 && issue.message !== unworded) return issue;
  const furthest = branches.filter(({ path }) => (path?.length ?? 0) === depth);
  const message = [...new Set(furthest.map((branch) => branch.message))].join(", or ");
  const path = [...(issue.path ?? []), ...(furthest[0]?.path ?? [])];
  return furthest.length === 0 ? issue : { ...furthest[0], message, path };
}

/** The field that an issue is about, as `input[3]` or `kwargs.size`; "" for the whole value. */
export function fieldPath(path: Issue["path"] = []): string {
  return path
    .map((segment) => (typeof segment === "object" ? segment.key : segment))
    .map((key, index) =>
      typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`,
    )
    .join("");
}
