import { vi } from "vitest";
import type { Started } from "../started.ts";

/** The resources that a server's process holds. It must have imported `probe.mjs` first. */
export interface Held {
  /** HTTP requests that are still referred to. */
  readonly requests: number;
  readonly signals: number;
  /** Open files and sockets. */
  readonly descriptors: readonly string[];
  readonly memory: NodeJS.MemoryUsage;
}

export async function held(server: Started): Promise<Held> {
  const start = server.output.length;
  const told = () => /^held (.*)\n/m.exec(server.output.slice(start))?.[1];
  server.kill("SIGUSR2");
  return JSON.parse(await vi.waitUntil(told, 30_000));
}
