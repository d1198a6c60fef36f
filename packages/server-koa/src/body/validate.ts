import { shorten, fieldPath, KernelError } from "@kindred/core";
import type { Endpoint, Task } from "@kindred/core";

type Schema<Body> = Endpoint<Task, Body>["body"];
type Issue = NonNullable<
  Extract<Awaited<ReturnType<Schema<unknown>["~standard"]["validate"]>>, { issues: object }>
>["issues"][number];

/** Issues named in one message, or unknown keys, and characters of each key. */
const named = 3;
const longestKey = 40;

/** INVALID_INPUT whose `param` is the first field at fault, as `input[3]` or `kwargs.size`. */
export async function validate<Body>(schema: Schema<Body>, value: unknown): Promise<Body> {
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return result.value;
  const faults = result.issues.slice(0, named).map((issue) => fault(issue));
  const more = result.issues.length - named;
  const message = faults.map(({ text }) => text).join("; ");
  throw new KernelError(
    "INVALID_INPUT",
    more > 0 ? `${message}; and ${more} more.` : `${message}.`,
    { param: faults[0]?.param },
  );
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
  return {
    param: param === "" ? undefined : param,
    text: param === "" ? text : `${param}: ${text}`,
  };
}

function unknownKeys(issue: Issue): readonly string[] {
  return "keys" in issue && Array.isArray(issue.keys) ? issue.keys : [];
}

/** As Zod says it, but of a million keys or a long one no more than can be read. */
function unknownText(keys: readonly string[]): string {
  const names = keys.slice(0, named).map((key) => JSON.stringify(shortKey(key)));
  const more = keys.length > named ? ` and ${keys.length - named} more` : "";
  return `Unrecognized key${keys.length > 1 ? "s" : ""}: ${names.join(", ")}${more}`;
}

function shortKey(key: string): string {
  return shorten(key, longestKey);
}

/** Of a union's branches, the one that came furthest knows what the client meant. */
function inUnion(issue: Issue): Issue {
  if (!("errors" in issue) || !Array.isArray(issue.errors)) return issue;
  const branches = (issue.errors as Issue[][]).flatMap(([first]) =>
    first ? [inUnion(first)] : [],
  );
  const depth = Math.max(0, ...branches.map(({ path }) => path?.length ?? 0));
  const furthest = branches.filter(({ path }) => (path?.length ?? 0) === depth);
  const message = [...new Set(furthest.map((branch) => branch.message))].join(", or ");
  const path = [...(issue.path ?? []), ...(furthest[0]?.path ?? [])];
  return furthest.length === 0 ? issue : { ...furthest[0], message, path };
}
