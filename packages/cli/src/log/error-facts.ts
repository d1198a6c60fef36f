import { inspect } from "node:util";

/** An error in a record: what it is, and its stack with its fields and causes. Anything else is left as it is. */
export function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message } = error;
  return { type, message, stack: inspect(error) };
}
