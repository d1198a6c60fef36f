import { fieldPath, KernelError } from "@kindred/core";
import type { Endpoint, Task } from "@kindred/core";

type Schema<Body> = Endpoint<Task, Body>["body"];
type Issue = NonNullable<
  Extract<Awaited<ReturnType<Schema<unknown>["~standard"]["validate"]>>, { issues: object }>
>["issues"][number];

/** Issues named in one message. */
const named = 3;

/** INVALID_INPUT whose `param` is the first field at fault, as `input[3]` or `kwargs.size`. */
export async function validate<Body>(schema: Schema<Body>, value: unknown): Promise<Body> {
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return result.value;
  const faults = result.issues.map((issue) => fault(issue));
  const more = faults.length - named;
  const message = faults
    .slice(0, named)
    .map(({ text }) => text)
    .join("; ");
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
  const path = [...(deepest.path ?? [])];
  // Zod reports an unknown key on the object that holds it.
  if ("keys" in deepest && Array.isArray(deepest.keys)) path.push(deepest.keys[0]);
  const param = fieldPath(path);
  const text = deepest.message.replace(/\.$/, "");
  return {
    param: param === "" ? undefined : param,
    text: param === "" ? text : `${param}: ${text}`,
  };
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
