/** The thread of `holdLifeline`. It must not throw: nobody listens any more once it waits. */
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { parentPort } from "node:worker_threads";
import { lifeline } from "./frames.ts";

/** Milliseconds between two looks at the memory. */
const interval = 50;

const pipe = new Socket({ fd: lifeline, readable: true, writable: false });
pipe.on("error", () => {});
pipe.on("close", end);
pipe.resume();

let maxBytes = Infinity;
let watching: NodeJS.Timeout | undefined;
parentPort!.on("message", (bytes: number) => {
  maxBytes = bytes;
  watching ??= setInterval(checkMemory, interval);
});
parentPort!.postMessage("waiting");

function checkMemory(): void {
  const bytes = process.memoryUsage.rss();
  if (bytes <= maxBytes) return;
  try {
    writeSync(2, `\nIt took ${megabytes(bytes)} of memory, and may take ${megabytes(maxBytes)}\n`);
  } catch {
    // Nobody reads why.
  }
  end();
}

function end(): void {
  process.kill(process.pid, "SIGKILL");
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
