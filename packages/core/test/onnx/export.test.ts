import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TensorType } from "@kindred/core";
import { graph, openExport } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { afterEach, beforeEach, expect, test } from "vitest";
import { elementTypes } from "../../src/onnx/element-type.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-export-"));
  path = join(folder, "model.onnx");
});
afterEach(() => rm(folder, { recursive: true }));

const none: Weights = { folder: "/", names: [], get: () => undefined };

/** A graph of two inputs and two outputs, with a constant larger than is read at once. */
async function write(type: TensorType = "int64"): Promise<number> {
  const g = graph("sum", none);
  const x = g.input("x", "float32", ["batch", 100_000]);
  const t = g.input("t", type, []);
  const large = g.float32(Array.from({ length: 100_000 }, (_, i) => i));
  const sum = g.node("Add", [x, large]);
  const { model } = g
    .output("sum", sum)
    .output("time", g.node("Identity", [t]))
    .build();
  await writeFile(path, model);
  return model.length;
}

test("a file declares its inputs with type and rank, its outputs and its size", async () => {
  const size = await write();
  await writeFile(join(folder, "model.onnx_data"), new Uint8Array(1000));
  await writeFile(join(folder, "config.json"), "{}");
  expect(await openExport("unet", path)).toEqual({
    name: "unet",
    model: path,
    folder,
    bytes: size + 1000,
    peakBytes: 2 * (size + 1000),
    inputs: ["x", "t"],
    outputs: ["sum", "time"],
    types: { x: { type: "float32", rank: 2 }, t: { type: "int64", rank: 0 } },
  });
});

test("a float16 input is refused by name, with what to do", async () => {
  expect(elementTypes).toHaveProperty("float16");
  await write("float16" as TensorType);
  await expect(openExport("unet", path)).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(/"t" .* is float16.*float32 inputs/),
  });
});

test("a file that is cut off or is not ONNX is refused", async () => {
  await write();
  await truncate(path, 200_000);
  const refusal = { code: "LOAD_FAILED", message: expect.stringContaining(`"${path}"`) };
  await expect(openExport("unet", path)).rejects.toMatchObject(refusal);
  await writeFile(path, "not a model");
  await expect(openExport("unet", path)).rejects.toMatchObject(refusal);
  await writeFile(path, "");
  await expect(openExport("unet", path)).rejects.toMatchObject(refusal);
});
