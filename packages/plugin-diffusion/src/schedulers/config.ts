import { KernelError } from "@kindred/core";
import { z } from "zod";

/** `scheduler_config.json` as it stands. */
export type SchedulerConfig = Readonly<Record<string, unknown>>;

export type Fields<T> = { readonly [Name in keyof T]: z.ZodType<T[Name]> };

/** An option of diffusers' that is understood only where it changes nothing. */
export const off: z.ZodType<false | null> = z.literal([false, null]).default(false);

/**
 * The fields a class reads, with the library's defaults of that class for absent ones. Fields it does not know are
 * other classes' and have no effect, as in diffusers; a value it knows but cannot honour is UNSUPPORTED.
 */
export function read<S extends z.ZodRawShape>(
  name: string,
  fields: S,
  config: SchedulerConfig,
): z.infer<z.ZodObject<S>> {
  const result = z.object(fields).safeParse(config);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = String(issue.path[0]);
  const found = `${field}: ${JSON.stringify(config[field])}`;
  if (issue.code === "invalid_value" || issue.code === "invalid_union")
    throw new KernelError(
      "UNSUPPORTED",
      `scheduler_config.json has ${found}, which ${name} cannot do here. Choose another sampler.`,
    );
  throw new KernelError("LOAD_FAILED", `scheduler_config.json has ${found}: ${issue.message}.`);
}
