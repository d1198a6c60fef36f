import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TensorType } from "@kindred/core";
import { graph, openExport } from "@kindred/core/onnx";
import type { GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { elementTypes } from "../../src/onnx/element-type.ts";
import { inTwoBytes, onnxModel, stored, value } from "./onnx-model.ts";
import { run } from "./run.ts";

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
    path,
    model: path,
    folder,
    bytes: size + 1000,
    peakBytes: 2 * (size + 1000),
    inputs: ["x", "t"],
    outputs: ["sum", "time"],
    types: { x: { type: "float32", rank: 2 }, t: { type: "int64", rank: 0 } },
    outputTypes: {},
  });
});

test("the data of another graph beside a file are not counted", async () => {
  const size = await write();
  await writeFile(join(folder, "model_fp16.onnx_data"), new Uint8Array(1000));
  expect(await openExport("unet", path)).toMatchObject({ bytes: size });
});

test("an input that no tensor can be is refused by name, with what to do", async () => {
  const double = 11;
  await writeFile(
    path,
    onnxModel({ inputs: [value("t", double)], outputs: [value("y", double)], nodes: [] }),
  );
  await expect(openExport("unet", path)).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(/"t" .* is of element type 11.*float32 inputs/),
  });
});

test("an output that no tensor can be is told", async () => {
  const int8 = 3;
  const nodes = [{ operator: "Identity", input: ["x"], output: ["y"] }];
  const outputs = [value("y", int8), value("z", elementTypes.bool)];
  await writeFile(path, onnxModel({ inputs: [value("x", elementTypes.int64)], outputs, nodes }));
  expect(await openExport("unet", path)).toMatchObject({
    outputTypes: { y: "of element type 3", z: "bool" },
  });
});

test("weights that an old file lists among its inputs are none", async () => {
  const x = value("x", elementTypes.float32);
  const w = value("w", elementTypes.float16);
  const weights = [stored("w", elementTypes.float16, inTwoBytes("float16", [1]))];
  await writeFile(path, onnxModel({ inputs: [x, w], outputs: [], nodes: [], weights }));
  expect(await openExport("unet", path)).toMatchObject({ model: path, inputs: ["x"] });
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

describe("inputs and outputs in half precision are cast in the graph", () => {
  const count = 600;
  const numbers = Array.from({ length: count }, (_, i) => i / 4);
  const feeds = { x: { dims: [1, count], values: numbers.map((each) => each / 2) } };
  const sums = numbers.map((each) => each * 1.5);

  /** y = x + w, all of it in half precision, and a node that reads y. */
  function model(type: "float16" | "bfloat16"): Uint8Array {
    const half = elementTypes[type];
    return onnxModel({
      inputs: [value("x", half)],
      outputs: [value("y", half), value("twice", half)],
      nodes: [
        { operator: "Cast", input: ["x"], output: ["wide"], attributes: { to: 1 } },
        { operator: "Cast", input: ["w"], output: ["wide w"], attributes: { to: 1 } },
        { operator: "Add", input: ["wide", "wide w"], output: ["sum"] },
        { operator: "Cast", input: ["sum"], output: ["y"], attributes: { to: half } },
        { operator: "Cast", input: ["y"], output: ["wide y"], attributes: { to: 1 } },
        { operator: "Add", input: ["wide y", "wide y"], output: ["wide twice"] },
        { operator: "Cast", input: ["wide twice"], output: ["twice"], attributes: { to: half } },
      ],
      weights: [stored("w", half, inTwoBytes(type, numbers))],
      types: [value("y", half)],
    });
  }

  test.each(["float16", "bfloat16"] as const)("%s", async (type) => {
    await writeFile(path, model(type));
    const source = await openExport("sum", path);
    expect(source).toMatchObject({
      inputs: ["x"],
      outputs: ["y", "twice"],
      types: { x: { type: "float32" } },
      outputTypes: { y: "float32", twice: "float32" },
    });
    const { values } = await run(source, feeds);
    const tolerance = type === "float16" ? 2 ** -10 : 2 ** -7;
    for (const [i, sum] of sums.entries()) {
      expect(Math.abs(values[i]! - sum), `${i}`).toBeLessThanOrEqual(tolerance * sum);
    }
  });

  test("weights stay in the file, and count as wide as the CPU makes them", async () => {
    const bytes = model("float16");
    await writeFile(path, bytes);
    const source = await openExport("sum", path);
    expect(source.model.length).toBeLessThan(bytes.length - 2 * count + 400);
    expect(source.bytes).toBe(bytes.length + 2 * count);
  });

  test("also where the branches of an If use them", async () => {
    const half = elementTypes.float16;
    const branch = {
      nodes: [{ operator: "Identity", input: ["y"], output: ["chosen"] }],
      outputs: [value("chosen", half)],
    };
    await writeFile(
      path,
      onnxModel({
        inputs: [value("x", half)],
        outputs: [value("y", half), value("again", half)],
        nodes: [
          { operator: "Identity", input: ["x"], output: ["y"] },
          { operator: "Shape", input: ["x"], output: ["shape"] },
          { operator: "Cast", input: ["shape"], output: ["any"], attributes: { to: 9 } },
          { operator: "ReduceMax", input: ["shape"], output: ["one"] },
          { operator: "Cast", input: ["one"], output: ["truth"], attributes: { to: 9 } },
          { operator: "Reshape", input: ["truth", "scalar"], output: ["condition"] },
          {
            operator: "If",
            input: ["condition"],
            output: ["again"],
            graphs: { then_branch: branch, else_branch: branch },
          },
        ],
        weights: [stored("scalar", elementTypes.int64, new Uint8Array(0), [0])],
      }),
    );
    const { values } = await run(await openExport("sum", path), feeds);
    expect(values.slice(0, 3)).toEqual([0, 0.125, 0.25]);
  });

  test("is refused by name when too much would be taken into memory", async () => {
    const bytes = onnxModel({
      inputs: [],
      outputs: [value("y", elementTypes.float16)],
      nodes: [],
      padding: 2 ** 26 + 2 ** 20,
    });
    await writeFile(path, bytes);
    await truncate(path, bytes.length + 2 ** 26 + 2 ** 20);
    await expect(openExport("sum", path)).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(
        /"y" of ".*model\.onnx" is in half precision.* has 65 MiB beside its raw weights; 64 are taken at most\. Export it with float32/,
      ),
    });
  });
});

describe("external data", () => {
  const count = 1000;

  /** A graph in one folder whose weights the file `location` is to have. */
  function model(location: string): Uint8Array {
    const weight = { dtype: "F32", shape: [count], location, offset: 8, length: 4 * count };
    const weights: Weights = { folder: "/", names: ["w"], get: () => weight };
    const g: GraphBuilder = graph("sum", weights);
    const x: Value = g.input("x", "float32", ["batch", count]);
    return g.output("y", g.node("Add", [x, g.weight("w", [count])])).build().model;
  }

  const data = Buffer.concat([
    Buffer.alloc(8),
    Buffer.from(Float32Array.from({ length: count }, (_, i) => i).buffer),
  ]);
  const feeds = { x: { dims: [1, count], values: Array<number>(count).fill(1) } };

  test("are counted, whatever their file is called", async () => {
    await writeFile(path, model("weights/all of them"));
    await mkdir(join(folder, "weights"));
    await writeFile(join(folder, "weights/all of them"), data);
    const source = await openExport("sum", path);
    expect(source).toMatchObject({
      model: path,
      bytes: model("weights/all of them").length + 4008,
    });
  });

  test.each([
    ["a cache of Hugging Face's", "blobs/1", "blobs/2"],
    ["a cache with a store of blobs beside it", "blobs/1", "../hub/blobs/ab/2"],
  ])("are found behind the links of %s", async (_, file, weights) => {
    const hub = join(folder, "models--acme--sum");
    const snapshot = join(hub, "snapshots/0/onnx");
    for (const [name, place, bytes] of [
      ["model.onnx", file, model("model.onnx_data")],
      ["model.onnx_data", weights, data],
    ] as const) {
      await mkdir(join(hub, place, ".."), { recursive: true });
      await mkdir(snapshot, { recursive: true });
      await writeFile(join(hub, place), bytes);
      await symlink(join(hub, place), join(snapshot, name));
    }
    const source = await openExport("sum", join(snapshot, "model.onnx"));
    const { values } = await run(source, feeds);
    expect([values[0], values[count - 1]]).toEqual([1, count]);
  });

  test("that are missing are named when the graph is opened", async () => {
    await writeFile(path, model("model.onnx_data"));
    await expect(openExport("sum", path)).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/weights of ".*" are in "model\.onnx_data" .* is missing/),
    });
  });

  test("outside of the folder are not read", async () => {
    const outside = join(folder, "model/model.onnx");
    await mkdir(join(folder, "model"));
    await writeFile(join(folder, "secret"), data);
    await writeFile(outside, model("../secret"));
    await expect(openExport("sum", outside)).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/weights in "\.\.\/secret", outside of its folder/),
    });
  });
});
