import { writeFileSync } from "node:fs";
import { holdLifeline } from "./lifeline.ts";
import type { Lifeline } from "./lifeline.ts";

/**
 * Begins a process that works for a server. It ends when the server does, whatever it is doing. Ctrl-C and a service manager's
 * stop do not end it: they reach the whole process group, and the server finishes its work first. When memory runs out, Linux
 * ends it rather than the server.
 */
export async function tieToServer(): Promise<Lifeline> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  try {
    writeFileSync("/proc/self/oom_score_adj", "500");
  } catch {
    // Other systems have no such file.
  }
  return holdLifeline();
}
