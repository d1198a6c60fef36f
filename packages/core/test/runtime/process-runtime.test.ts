import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Tensor } from "@kindred/core";
import { graph } from "@kindred/core/onnx";
import { processRuntime } from "../../src/runtime/process-runtime.ts";
import { arithmetic, floats, identity, lease, powers, weights, zeros } from "./graphs.ts";
import { graphProcesses } from "./processes.ts";

const runtime = processRuntime();

test("a graph answers with the outputs that were asked for", async () => {
  await using open = await runtime.open(arithmetic(), lease());
  expect(await open.run({ x: floats(1, 2, 3) }, ["product"])).toEqual({ product: floats(1, 4, 9) });
  expect(Object.keys(await open.run({ x: floats(1) }, ["sum", "product"]))).toEqual([
    "sum",
    "product",
  ]);
});

test("weights are read from the files they are stored in", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kindred-"));
  await writeFile(join(folder, "w.bin"), Float32Array.from([9, 9, 3, 4]));
  const stored = { dtype: "F32", shape: [2], location: "w.bin", offset: 8, length: 8 } as const;
  const g = graph("stored", weights(stored, folder));
  const y = g.node("Mul", [g.input("x", "float32", ["n"]), g.weight("w", [2])]);
  await using open = await runtime.open(g.output("y", y).build(), lease());
  expect(await open.run({ x: floats(10, 10) }, ["y"])).toEqual({ y: floats(30, 40) });
});

test("native code leaves nothing in the folder for temporary files, and reports to nobody", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kindred-"));
  vi.stubEnv("TMPDIR", folder);
  const open = await runtime.open(arithmetic(), lease());
  vi.unstubAllEnvs();
  await open.run({ x: floats(1) }, ["sum"]);
  await open[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual([]);
});

test("a graph is opened from a file too", async () => {
  const source = arithmetic();
  const model = join(await mkdtemp(join(tmpdir(), "kindred-")), "model.onnx");
  await writeFile(model, source.model);
  await using open = await runtime.open({ ...source, model }, lease());
  expect(await open.run({ x: floats(2) }, ["sum"])).toEqual({ sum: floats(4) });
});

const tensors: Tensor[] = [
  { type: "float32", dims: [3], data: Float32Array.of(-0.5, 1e-38, 3e38) },
  { type: "int64", dims: [3], data: BigInt64Array.of(-1n, 2n ** 62n, 7n) },
  { type: "int32", dims: [2], data: Int32Array.of(-(2 ** 31), 5) },
  { type: "uint8", dims: [3], data: Uint8Array.of(0, 255, 1) },
  { type: "bool", dims: [2], data: Uint8Array.of(1, 0) },
  { type: "float32", dims: [0], data: new Float32Array() },
];
test.each(tensors)("$type of dims $dims comes back unchanged", async (x) => {
  await using open = await runtime.open(identity(x.type), lease());
  expect(await open.run({ x }, ["y"])).toEqual({ y: x });
});

test("a view into a larger buffer sends its own numbers and no others", async () => {
  await using open = await runtime.open(identity("float32"), lease());
  const x: Tensor = { ...floats(2, 3), data: Float32Array.of(1, 2, 3, 4).subarray(1, 3) };
  expect(await open.run({ x }, ["y"])).toEqual({ y: floats(2, 3) });
});

test("eight megabytes go both ways unharmed, and the feeds with them", async () => {
  await using open = await runtime.open(identity("float32"), lease());
  const data = Float32Array.from({ length: 2_000_000 }, (_, i) => i);
  const { y } = await open.run({ x: { type: "float32", dims: [data.length], data } }, ["y"]);
  expect(Buffer.compare(Buffer.from(y!.data.buffer), Buffer.from(data.buffer))).toBe(0);
  expect(data[1_999_999]).toBe(1_999_999);
});

test("runs of one graph are answered in their order", async () => {
  await using open = await runtime.open(arithmetic(), lease());
  const inputs = Array.from({ length: 50 }, (_, i) => i);
  const answers = await Promise.all(inputs.map((i) => open.run({ x: floats(i) }, ["sum"])));
  expect(answers.map(({ sum }) => sum!.data[0])).toEqual(inputs.map((i) => 2 * i));
});

test("graphs run beside each other, and the server's loop turns meanwhile", async () => {
  await using slow = await runtime.open(powers(60), lease());
  await using quick = await runtime.open(arithmetic(), lease());
  const order: string[] = [];
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  const slowRun = slow.run({ x: zeros(1024, 1024) }, ["y"]).then(() => order.push("slow"));
  await quick.run({ x: floats(1) }, ["sum"]).then(() => order.push("quick"));
  await slowRun;
  clearInterval(timer);
  expect(order).toEqual(["quick", "slow"]);
  expect(turns).toBeGreaterThan(50);
});

test("disposal is done when the process is gone, also during a run", async () => {
  const open = await runtime.open(powers(1000), lease());
  expect(graphProcesses(process.pid)).toHaveLength(1);
  const run = open.run({ x: zeros(1024, 1024) }, ["y"]);
  const failed = expect(run).rejects.toMatchObject({ code: "CLOSED" });
  await open[Symbol.asyncDispose]();
  expect(graphProcesses(process.pid)).toEqual([]);
  await failed;
  await expect(open.closed).resolves.toBeUndefined();
  await expect(open.run({ x: zeros(1, 1) }, ["y"])).rejects.toMatchObject({ code: "CLOSED" });
});
