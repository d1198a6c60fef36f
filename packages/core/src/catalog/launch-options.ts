import type { StandardSchemaV1 } from "@standard-schema/spec";
import { KernelError } from "../errors.ts";
import type { ModelFamily } from "../family.ts";
import { fieldPath } from "../schema.ts";
import type { Launch } from "../launch.ts";

/** A launch's options as its family's schema makes them. LOAD_FAILED when the family refuses them, or has none. */
export async function launchOptions(
  family: ModelFamily<any, any>,
  { id, options = {} }: Launch,
): Promise<unknown> {
  if (family.options) return validated(family.options, options, id);
  const [unknown] = Object.keys(options);
  if (unknown === undefined) return {};
  throw new KernelError(
    "LOAD_FAILED",
    `"${id}" was launched with option "${unknown}"; family "${family.name}" has none. Leave it out.`,
  );
}

async function validated(schema: StandardSchemaV1, options: unknown, id: string): Promise<unknown> {
  const result = await schema["~standard"].validate(options);
  if (!result.issues) return result.value;
  const issues = result.issues.map(({ message, path }) => {
    const field = fieldPath(path);
    return field === "" ? message : `${field}: ${message}`;
  });
  throw new KernelError(
    "LOAD_FAILED",
    `"${id}" was launched with options that its family refuses. ${issues.join(". ")}.`,
  );
}
