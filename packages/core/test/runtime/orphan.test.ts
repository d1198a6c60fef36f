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
    stdio: ["pipe", "pipe", "ignore"],
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
  await gone(graph!);
});

test.each([
  ["SIGTERM", "process.kill(process.pid, 'SIGTERM')"],
  ["SIGABRT", "process.abort()"],
  ["an error that nobody catches", "throw new Error('crash')"],
  ["process.exit", "process.exit(1)"],
])("a server that ends by %s during a run leaves no process behind", async (_, end) => {
  const server = opening(`
    open.run({ x }, ["y"]).catch(() => {});
    process.stdin.once("data", () => { ${end} });
    console.log("running");`);
  await once(server.stdout!, "data");
  const [graph] = graphProcesses(server.pid!);
  expect(isAlive(graph!)).toBe(true);
  server.stdin!.write("end\n");
  await once(server, "exit");
  await gone(graph!);
});

test.each([0, 20, 50, 80, 120])(
  "a server killed %i ms after it began to start a process leaves none behind",
  async (milliseconds) => {
    const server = opening("setInterval(() => {}, 1000);");
    await vi.waitUntil(() => graphProcesses(server.pid!).length > 0, {
      interval: 1,
      timeout: 30_000,
    });
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const [graph] = graphProcesses(server.pid!);
    server.kill("SIGKILL");
    // A process that is still beginning computes nothing. How long that takes depends on the machine.
    await gone(graph!, 20_000);
  },
);

async function gone(pid: number, timeout = 1000): Promise<void> {
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout, interval: 50 });
}
