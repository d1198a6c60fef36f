import { KernelError } from "../errors.ts";
import type { ModelFamily } from "../family.ts";
import type { Launch } from "../launch.ts";
import { validated } from "../schema.ts";

/** A launch's options as its family's schema makes them. LOAD_FAILED when the family refuses them, or has none. */
export async function launchOptions(
  family: ModelFamily<any, any, any>,
  { id, options = {} }: Launch,
): Promise<unknown> {
  if (family.options) {
    const what = `"${id}" was launched with options that its family refuses`;
    return validated(family.options, options, { code: "LOAD_FAILED", what });
  }
  const [unknown] = Object.keys(options);
  if (unknown === undefined) return {};
  throw new KernelError(
    "LOAD_FAILED",
    `"${id}" was launched with option "${unknown}"; family "${family.name}" has none. Leave it out.`,
  );
}
