import { isKernelError, KernelError } from "../errors.ts";
import type { ModelFamily } from "../family.ts";
import type { Launch } from "../launch.ts";
import { validated } from "../schema.ts";

/**
 * A launch's options as its family's schema makes them. LOAD_FAILED when the family refuses them, or has none; its cause is an
 * INVALID_INPUT with the option at fault as `param`.
 */
export async function launchOptions(
  family: ModelFamily<any, any, any>,
  { id, options = {} }: Launch,
): Promise<unknown> {
  if (family.options) {
    const what = `"${id}" was launched with options that its family refuses`;
    try {
      return await validated(family.options, options, { code: "INVALID_INPUT", what });
    } catch (cause) {
      throw isKernelError(cause) ? refused(cause) : cause;
    }
  }
  const [unknown] = Object.keys(options);
  if (unknown === undefined) return {};
  const message = `"${id}" was launched with option "${unknown}"; family "${family.name}" has none. Leave it out.`;
  throw refused(new KernelError("INVALID_INPUT", message, { param: unknown }));
}

function refused(cause: KernelError): KernelError {
  return new KernelError("LOAD_FAILED", cause.message, { cause });
}
