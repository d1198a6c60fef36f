import { fieldPath, KernelError } from "@kindred/core";
import type * as z from "zod";

/** What a model's JSON file holds, by its schema. LOAD_FAILED: `otherwise`, then the fields that are wrong. */
export function checkedJson<T>(json: unknown, schema: z.ZodType<T>, otherwise: string): T {
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) =>
    path.length > 0 ? `${fieldPath(path)}: ${message}` : message,
  );
  throw new KernelError("LOAD_FAILED", `${otherwise}. ${problems.join("; ")}.`);
}
