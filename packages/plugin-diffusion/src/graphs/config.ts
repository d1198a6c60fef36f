import { fieldPath, KernelError, shorten } from "@kindred/core";
import type * as z from "zod";

/** Fields named in one message, and characters quoted of a value. */
const maxNamed = 5;
const maxQuoted = 80;

/**
 * Reads a component's parsed config.json by the schema of its graph. LOAD_FAILED names every field that the graph cannot
 * honour, with its value, which the issues of a schema do not carry.
 */
export function readConfig<Config>(
  schema: z.ZodType<Config>,
  component: string,
  json: unknown,
): Config {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const faults = issues.slice(0, maxNamed).map((issue) => {
    const field = fieldPath(issue.path);
    const value = String(JSON.stringify(valueAt(json, issue.path)));
    return `${field || "it"} is ${shorten(value, maxQuoted)} (${issue.message})`;
  });
  if (issues.length > maxNamed) faults.push(`and ${issues.length - maxNamed} more`);
  throw new KernelError(
    "LOAD_FAILED",
    `The config of ${component} asks for what its graph cannot do: ${faults.join("; ")}.`,
  );
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], json);
}
