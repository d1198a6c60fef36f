import type { Kernel, Launch, Logger } from "@kindred/core";
import type { ModelRegistry } from "@kindred/core/registry";

export interface Keeping {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  readonly logger: Logger;
}

const notKept = "The registry's file could not be written, so this does not survive a restart.";

/** Keeps a launch for the next start. A file that cannot be written is no reason to undo it: resolves to a warning. */
export function keepLaunch(launch: Launch, keeping: Keeping): Promise<readonly string[]> {
  return tried(keeping, () => keeping.registry.keepLaunch(launch));
}

/** Forgets the launch of an id, in the same way. */
export function forgetLaunch(id: string, keeping: Keeping): Promise<readonly string[]> {
  return tried(keeping, () => keeping.registry.forgetLaunch(id));
}

async function tried({ logger }: Keeping, write: () => Promise<void>): Promise<readonly string[]> {
  try {
    await write();
    return [];
  } catch (error) {
    logger.error({ error }, notKept);
    return [notKept];
  }
}
