import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { powers } from "./runtime-graphs.ts";
import { graphProcesses, isAlive } from "./runtime-processes.ts";

/** A server that opens a graph, then runs it `runs` times and says so. */
async function serverWith(runs: number): Promise<ChildProcess> {
  const script = `
    const { processRuntime } = await import(${JSON.stringify(new URL("../dist/runtime/host.js", import.meta.url))});
    const model = Buffer.from("${Buffer.from(powers(20).model as Uint8Array).toString("base64")}", "base64");
    const source = { name: "powers", model, folder: "/", bytes: 0, peakBytes: 0, inputs: ["x"], outputs: ["y"] };
    const device = { id: "cpu", provider: "cpu", bytes: 1e9, threads: 1 };
    const open = await processRuntime().open(source, { device, bytes: 1e9, threads: 1 });
    const x = { type: "float32", dims: [1024, 1024], data: new Float32Array(1024 * 1024) };
    for (let i = 0; i < ${runs}; i++) open.run({ x }, ["y"]).catch(() => {});
    setTimeout(() => console.log("ready"), 100);
    setInterval(() => {}, 1000);`;
  const server = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(server.stdout!, "data");
  return server;
}

test.each([
  ["idle", 0],
  ["running", 10],
])("a server killed with its graph %s leaves no process behind", async (_, runs) => {
  const server = await serverWith(runs);
  const [graph] = graphProcesses(server.pid!);
  expect(isAlive(graph!)).toBe(true);
  server.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(graph!)).toBe(false), { timeout: 30_000, interval: 50 });
});
