/** On SIGUSR2 the process says in a line of JSON what it holds, once what it can let go of is collected. */
import { readdirSync } from "node:fs";
import { IncomingMessage } from "node:http";
import { queryObjects } from "node:v8";

process.on("SIGUSR2", () => {
  const held = {
    requests: queryObjects(IncomingMessage, { format: "count" }),
    signals: queryObjects(AbortSignal, { format: "count" }),
    descriptors: readdirSync("/proc/self/fd").length,
    memory: process.memoryUsage(),
  };
  process.stdout.write(`held ${JSON.stringify(held)}\n`);
});
