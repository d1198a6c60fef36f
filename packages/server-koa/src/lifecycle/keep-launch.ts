import type { Kernel, Launch, LaunchChanges, Logger } from "@kindred/core";
import type { ModelRegistry } from "@kindred/core/registry";

export interface Keeping {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  readonly logger: Logger;
  /** Launches that are to be kept once they are loaded, by their ids, each as it was changed meanwhile. */
  readonly loading: Map<string, { launch: Launch }>;
}

const notKept = "The registry's file could not be written, so this does not survive a restart.";

/** Loads a model and then keeps its launch, as it was changed meanwhile; not one that was forgotten meanwhile. */
export async function loadAndKeep(launch: Launch, keeping: Keeping): Promise<readonly string[]> {
  const { kernel, loading } = keeping;
  const { id } = launch;
  const entry = { launch };
  loading.set(id, entry);
  try {
    await kernel.load(launch);
  } catch (error) {
    if (loading.get(id) === entry) loading.delete(id);
    throw error;
  }
  if (loading.get(id) !== entry) return [];
  loading.delete(id);
  return keepLaunch(entry.launch, keeping);
}

/** Keeps changes of a launch that is kept, or will be. */
export async function keepChanges(
  id: string,
  changes: LaunchChanges,
  keeping: Keeping,
): Promise<readonly string[]> {
  const entry = keeping.loading.get(id);
  if (entry) entry.launch = { ...entry.launch, ...changes };
  const kept = keeping.registry.launches.find((each) => each.id === id);
  return kept ? keepLaunch({ ...kept, ...changes }, keeping) : [];
}

/** Keeps a launch for the next start. A file that cannot be written is no reason to undo it: resolves to a warning. */
function keepLaunch(launch: Launch, keeping: Keeping): Promise<readonly string[]> {
  return tried(keeping, () => keeping.registry.keepLaunch(launch));
}

/** Forgets the launch of an id, in the same way; one that is loading is not kept. */
export function forgetLaunch(id: string, keeping: Keeping): Promise<readonly string[]> {
  keeping.loading.delete(id);
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
