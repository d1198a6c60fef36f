import { fieldPath, KernelError } from "@kindred/core";
import type * as z from "zod";

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
  const faults = parsed.error.issues.map((issue) => {
    const field = fieldPath(issue.path);
    return `${field || "it"} is ${JSON.stringify(valueAt(json, issue.path))} (${issue.message})`;
  });
  throw new KernelError(
    "LOAD_FAILED",
    `The config of ${component} asks for what its graph cannot do: ${faults.join("; ")}.`,
  );
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], json);
}
