import type { DeviceMemory } from "./device-memory.ts";
import type { Session } from "./session.ts";

/** A model, as the memory of devices sees it. */
export interface LeaseHolder {
  readonly id: string;
  readonly replicas: number;
  /** Its device's memory. */
  readonly memory: DeviceMemory;
  readonly sessions: readonly Session[];
  /** When its last turn ended, in ms of `performance.now()`; undefined during a turn. */
  readonly idleSince: number | undefined;
}

/** What a graph holds or is about to. */
export interface Need {
  /** Bytes of its device. */
  readonly bytes: number;
  /** Bytes of main memory for its process; 0 where the device is main memory, and they are among `bytes`. */
  readonly process: number;
}

/** Whether a graph of it was opened so recently that it stays for others to come. */
export function isSpared({ sessions }: LeaseHolder): boolean {
  const now = performance.now();
  return sessions.some(({ staysUntil }) => staysUntil > now);
}

/** Whether it gives way to others now: it is idle, or waits for memory itself. */
export function isEvictable(holder: LeaseHolder): boolean {
  const isIdle = holder.idleSince !== undefined && !isSpared(holder);
  return isIdle || holder.memory.isAwaitedBy(holder);
}

/** Closes its idle graphs and returns what they held. */
export async function evict(holder: LeaseHolder): Promise<void> {
  const closable = holder.sessions.filter(({ isIdle, state }) => isIdle || state === "closing");
  await Promise.all(closable.map((session) => session.close()));
  holder.memory.shrink(holder);
}
