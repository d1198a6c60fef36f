/** On SIGUSR2 the process says in a line of JSON what it holds, once what it can let go of is collected. */
import { readdirSync, readlinkSync } from "node:fs";
import { IncomingMessage } from "node:http";
import { queryObjects } from "node:v8";

process.on("SIGUSR2", () => {
  const held = {
    requests: queryObjects(IncomingMessage, { format: "count" }),
    signals: queryObjects(AbortSignal, { format: "count" }),
    descriptors: readdirSync("/proc/self/fd").flatMap(opened),
    memory: process.memoryUsage(),
  };
  process.stdout.write(`held ${JSON.stringify(held)}\n`);
});

/** What a descriptor refers to; none for the one that read the list of them. */
function opened(descriptor) {
  try {
    return [readlinkSync(`/proc/self/fd/${descriptor}`)];
  } catch {
    return [];
  }
}
