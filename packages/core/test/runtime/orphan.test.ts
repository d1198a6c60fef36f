import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { powers } from "./graphs.ts";
import { graphProcesses, isAlive } from "./processes.ts";

/** A program that opens a graph as `open`, which has an input `x`. */
function opening(then: string): ChildProcess {
  const script = `
    const { processRuntime } = await import(${JSON.stringify(new URL("../../dist/runtime/process-runtime.js", import.meta.url))});
    const model = Buffer.from("${Buffer.from(powers(20).model as Uint8Array).toString("base64")}", "base64");
    const source = { name: "powers", model, folder: "/", bytes: 0, peakBytes: 0, inputs: ["x"], outputs: ["y"] };
    const device = { id: "cpu", provider: "cpu", bytes: 1e9, threads: 1 };
    const open = await processRuntime().open(source, { device, bytes: 1e9, threads: 1 });
    const x = { type: "float32", dims: [1024, 1024], data: new Float32Array(1024 * 1024) };
    ${then}`;
  return spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** A server that opens a graph, then runs it `runs` times, each some seconds long, and says so. */
async function serverWith(runs: number): Promise<ChildProcess> {
  const server = opening(`
    for (let i = 0; i < ${runs}; i++) open.run({ x }, ["y"]).catch(() => {});
    setTimeout(() => console.log("ready"), 100);
    setInterval(() => {}, 1000);`);
  await once(server.stdout!, "data");
  return server;
}

test("a program ends by itself once its runs have, although it closed no graph", async () => {
  const program = opening(`
    console.log(process.pid);
    await Promise.all([open.run({ x }, ["y"]), open.run({ x }, ["y"])]);`);
  await once(program.stdout!, "data");
  const [graph] = graphProcesses(program.pid!);
  const [code] = await once(program, "exit");
  expect(code).toBe(0);
  await vi.waitFor(() => expect(isAlive(graph!)).toBe(false), { timeout: 30_000, interval: 50 });
});

test.each([
  ["idle", 0],
  ["running", 10],
])("a server killed with its graph %s leaves no process behind", async (_, runs) => {
  const server = await serverWith(runs);
  const [graph] = graphProcesses(server.pid!);
  expect(isAlive(graph!)).toBe(true);
  server.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(graph!)).toBe(false), { timeout: 1000, interval: 50 });
});
