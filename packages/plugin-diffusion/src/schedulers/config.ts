import { KernelError, shorten } from "@kindred/core";
import * as z from "zod";

/** A parsed `scheduler_config.json`. */
export type SchedulerConfig = Readonly<Record<string, unknown>>;

/** The schema of each field. */
export type Fields<T> = { readonly [Name in keyof T]: z.ZodType<T[Name]> };

/** The largest number of timesteps that a model is trained with; published models have 1,000. */
export const maxTrainTimesteps = 10_000;

/** Characters quoted of a value. */
const maxQuoted = 80;

/** An option of diffusers' that is honoured only when it is off. */
export const off: z.ZodType<false | null> = z.literal([false, null]).default(false);

/**
 * Reads the fields of one class; absent ones have diffusers' defaults for that class. Other fields belong to other
 * classes and have no effect, as in diffusers. UNSUPPORTED names a value that diffusers knows and this class cannot
 * honour here; LOAD_FAILED names one of the wrong type.
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
  const found = `${field}: ${shorten(String(JSON.stringify(config[field])), maxQuoted)}`;
  if (issue.code === "invalid_value" || issue.code === "invalid_union")
    throw new KernelError(
      "UNSUPPORTED",
      `scheduler_config.json has ${found}, which ${name} cannot do here. Choose another sampler.`,
    );
  throw new KernelError("LOAD_FAILED", `scheduler_config.json has ${found}: ${issue.message}.`);
}
