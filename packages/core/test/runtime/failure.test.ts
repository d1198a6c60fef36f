import { execFileSync } from "node:child_process";
import { mkdtemp, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { GraphSource } from "@kindred/core";
import { graph } from "@kindred/core/onnx";
import { processRuntime } from "../../src/runtime/process-runtime.ts";
import { arithmetic, floats, lease, powers, weights, zeros } from "./graphs.ts";
import { graphProcesses } from "./processes.ts";

const runtime = processRuntime();

afterEach(() => expect(graphProcesses(process.pid)).toEqual([]));

/** Opens a graph whose process runs this script instead of the real one. */
async function openWith(script: string) {
  const path = join(await mkdtemp(join(tmpdir(), "kindred-")), "script.mjs");
  await writeFile(path, script);
  return processRuntime({ script: path }).open(arithmetic(), lease());
}

test("a process killed during a run fails that run with the numbers, and the next one opens", async () => {
  const workspace: GraphSource["workspace"] = ({ x }) => x![0]! * 1e6;
  const source: GraphSource = { ...powers(1000), bytes: 2e9, workspace };
  const open = await runtime.open(source, lease(3e9));
  const run = open.run({ x: zeros(1024, 1024) }, ["y"]);
  process.kill(graphProcesses(process.pid)[0]!, "SIGKILL");
  await expect(run).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringMatching(
      /^Graph "powers" was killed by SIGKILL, most likely out of memory\. It needs 3\.13 GB; its lease has 3 GB of cpu\./,
    ),
  });
  await expect(open.closed).rejects.toMatchObject({ code: "GRAPH_FAILED" });
  await expect(open.run({ x: zeros(1, 1) }, ["y"])).rejects.toMatchObject({ code: "GRAPH_FAILED" });

  await using next = await runtime.open(arithmetic(), lease());
  expect(await next.run({ x: floats(1) }, ["sum"])).toEqual({ sum: floats(2) });
});

test("the death of an idle process rejects closed and nothing else", async () => {
  const open = await runtime.open(arithmetic(), lease());
  process.kill(graphProcesses(process.pid)[0]!, "SIGSEGV");
  await expect(open.closed).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: 'Graph "arithmetic" was killed by SIGSEGV: it left no message',
  });
  await open[Symbol.asyncDispose]();
});

test("a mapped file of weights that is cut off is told as that", async () => {
  const [rows, width] = [4096, 1024];
  const folder = await mkdtemp(join(tmpdir(), "kindred-"));
  await writeFile(join(folder, "w.bin"), new Float32Array(rows * width));
  const length = 4 * rows * width;
  const stored = { dtype: "F32", shape: [rows, width], location: "w.bin", offset: 0, length };
  const g = graph("table", weights(stored, folder));
  const x = g.input("x", "int64", ["n"]);
  const table = g.node("Gather", [g.weight("w", [rows, width]), x]);
  await using open = await runtime.open(g.output("y", table).build(), lease());
  await truncate(join(folder, "w.bin"), 4096);
  const last = { type: "int64", dims: [1], data: BigInt64Array.of(4095n) } as const;
  await expect(open.run({ x: last }, ["y"])).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringMatching(/"table" was killed by SIGBUS: a file of its weights was cut/),
  });
});

test("signals that stop a server do not stop its graphs", async () => {
  await using open = await runtime.open(arithmetic(), lease());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.kill(graphProcesses(process.pid)[0]!, signal);
    expect(await open.run({ x: floats(1) }, ["sum"])).toEqual({ sum: floats(2) });
  }
});

test("a failed run says why and leaves the graph open", async () => {
  await using open = await runtime.open(arithmetic(), lease());
  await expect(open.run({}, ["sum"])).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringMatching(/^Graph "arithmetic" failed: .*'x'.*[^.]\.$/),
  });
  expect(await open.run({ x: floats(1) }, ["sum"])).toEqual({ sum: floats(2) });
});

test.each([NaN, Infinity, -Infinity])(
  "%s in an output fails the run by the output's name",
  async (value) => {
    await using open = await runtime.open(arithmetic(), lease());
    await expect(open.run({ x: floats(1, value) }, ["sum"])).rejects.toMatchObject({
      code: "GRAPH_FAILED",
      message: `Graph "arithmetic" failed: its output "sum" has ${value} at 1 of 2.`,
    });
  },
);

test("an output that was not asked for may be infinite", async () => {
  await using open = await runtime.open(arithmetic(), lease());
  expect(await open.run({ x: floats(1e30) }, ["sum"])).toEqual({ sum: floats(2e30) });
});

test("a process that crashes at start is quoted", async () => {
  await expect(openWith('console.error("no such library"); process.exit(3)')).rejects.toMatchObject(
    {
      code: "LOAD_FAILED",
      message: 'Graph "arithmetic" ended with exit code 3: no such library',
    },
  );
});

test("a process that runs out of memory at start is told what to do", async () => {
  await expect(openWith('console.error("std::bad_alloc"); process.abort()')).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(
      /SIGABRT, most likely out of memory\. It needs 103 MB; its lease has 1 GB/,
    ),
  });
});

test("bytes that are no model cannot be opened", async () => {
  const source = { ...arithmetic(), model: Uint8Array.of(3, 3, 3) };
  await expect(runtime.open(source, lease())).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringContaining('Graph "arithmetic" cannot be opened: '),
  });
});

test("weights in a missing file are named", async () => {
  const stored = { dtype: "F32", shape: [1], location: "gone.bin", offset: 0, length: 4 } as const;
  const g = graph("lost", weights(stored, await mkdtemp(join(tmpdir(), "kindred-"))));
  const source = g.output("y", g.node("Identity", [g.weight("w", [1])])).build();
  await expect(runtime.open(source, lease())).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringContaining("gone.bin"),
  });
});

test.each(["inputs", "outputs"] as const)("declared %s must exist", async (side) => {
  await expect(runtime.open({ ...arithmetic(), [side]: ["z"] }, lease())).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(
      /the graph has no (input "z", but x|output "z", but sum, product)\.$/,
    ),
  });
});

test("a graph with float16 inputs is refused with a reason", async () => {
  const model = Buffer.from(
    "CAg6RgoVCgZzYW1wbGUSAXkiCElkZW50aXR5EgRoYWxmWhUKBnNhbXBsZRILCgkIChIFCgMSAW5iEAoBeRILCgkIChIFCgMSAW5CBAoAEBE=",
    "base64",
  );
  const source = { ...arithmetic(), model, inputs: ["sample"], outputs: ["y"] };
  await expect(runtime.open(source, lease())).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(
      /its input "sample" is float16; .* Export it with float32 inputs, or cast/,
    ),
  });
});

test("a provider that onnxruntime lacks is refused with those it has", async () => {
  const device = { id: "abacus:0", provider: "abacus", bytes: 1e9, threads: 1 };
  await expect(runtime.open(arithmetic(), { ...lease(), device })).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(
      /"abacus:0" needs the provider "abacus"; this onnxruntime has cpu/,
    ),
  });
});

test("a graph is LOAD_FAILED when no more files can be opened, and opens once they can", async () => {
  const server = `
    const { openSync, closeSync } = await import("node:fs");
    const { processRuntime } = await import(${JSON.stringify(new URL("../../dist/runtime/process-runtime.js", import.meta.url))});
    const model = Buffer.from("${Buffer.from(arithmetic().model as Uint8Array).toString("base64")}", "base64");
    const source = { name: "g", model, folder: "/", bytes: 0, peakBytes: 0, inputs: ["x"], outputs: ["sum"] };
    const device = { id: "cpu", provider: "cpu", bytes: 1e9, threads: 1 };
    const open = () => processRuntime().open(source, { device, bytes: 1e9, threads: 1 });
    const files = [];
    try { for (;;) files.push(openSync("/dev/null")); } catch {}
    const { code, message } = await open().catch((error) => error);
    for (const file of files) closeSync(file);
    const graph = await open();
    await graph[Symbol.asyncDispose]();
    console.log(JSON.stringify({ code, message, opened: "run" in graph }));`;
  const limited = [
    "-c",
    'ulimit -n 64; exec "$@"',
    "sh",
    process.execPath,
    "--input-type=module",
    "--eval",
    server,
  ];
  expect(JSON.parse(execFileSync("sh", limited, { encoding: "utf8" }))).toEqual({
    code: "LOAD_FAILED",
    message: expect.stringMatching(/^Graph "g" got no process: .*EMFILE/),
    opened: true,
  });
});
