import { tracing } from "../tracing.ts";
import type { EvictionEvent } from "../tracing.ts";
import type { ModelMemory } from "./model-memory.ts";

/** Whether a graph of the model was opened so recently that it is kept for a while: for as long as opening it took. */
export function isSpared({ sessions }: ModelMemory): boolean {
  const now = performance.now();
  return sessions.some(({ sparedUntil }) => sparedUntil > now);
}

/** Whether the model gives way to others now: it is idle, or waits for memory itself. */
export function isEvictable(model: ModelMemory): boolean {
  const isIdle = model.idleSince !== undefined && !isSpared(model);
  return isIdle || model.memory.isAwaitedBy(model);
}

/** Closes the model's idle graphs, returns what they held. Without a reason it is no eviction that is told. */
export async function evict(model: ModelMemory, reason?: EvictionEvent["reason"]): Promise<void> {
  const idle = model.sessions.filter(({ isIdle }) => isIdle).length;
  if (reason && idle > 0) tracing.modelEvict.publish({ model: model.id, graphs: idle, reason });
  const closable = model.sessions.filter(({ isIdle, state }) => isIdle || state === "closing");
  await Promise.all(closable.map((session) => session.close()));
  model.memory.shrink(model);
}
