/** On SIGUSR2 the process collects garbage and prints a line of JSON about what it still holds. */
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

/** The file or socket of a descriptor; none for the one that read the list. */
function opened(descriptor) {
  try {
    return [readlinkSync(`/proc/self/fd/${descriptor}`)];
  } catch {
    return [];
  }
}
