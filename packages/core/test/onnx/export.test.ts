import { mkdir, mkdtemp, rename, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { TensorType } from "@kindred/core";
import { add, graph, openExport } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { elementTypes } from "../../src/onnx/element-type.ts";
import { changedNode } from "../../src/onnx/export/changed-node.ts";
import { bytesField, numberField, textField } from "../../src/onnx/export/message.ts";
import { encodeValueInfo } from "../../src/onnx/model-proto.ts";
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
    files: [expect.objectContaining({ path }), expect.objectContaining({ size: 1000n })],
    bytes: size + 1000,
    peakBytes: 2 * (size + 1000),
    inputs: ["x", "t"],
    outputs: ["sum", "time"],
    types: { x: { type: "float32", rank: 2 }, t: { type: "int64", rank: 0 } },
    outputTypes: {},
    inputDims: { x: [undefined, 100_000], t: [] },
    outputDims: {},
  });
});

test("a file declares the shapes of its outputs, as far as they are fixed", async () => {
  const shape = { dim: [{ dimParam: "texts" }, { dimValue: 7 }] };
  const y = encodeValueInfo({ name: "y", type: { tensorType: { elemType: 1, shape } } });
  await writeFile(path, onnxModel({ outputs: [y], nodes: [] }));
  expect((await openExport("unet", path)).outputDims).toEqual({ y: [undefined, 7] });
});

test("a graph of more parts than any model has is refused, and the loop turns meanwhile", async () => {
  const node = bytesField(1, Buffer.of());
  const graph = bytesField(7, Buffer.concat(Array.from({ length: 1_000_000 }, () => node)));
  await writeFile(path, graph);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  await expect(openExport("unet", path)).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringContaining("is not an ONNX model"),
  });
  delay.disable();
  expect(delay.max).toBeLessThan(500e6);
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
  const int16 = 5;
  const nodes = [{ operator: "Identity", input: ["x"], output: ["y"] }];
  const outputs = [value("y", int16), value("z", elementTypes.bool)];
  await writeFile(path, onnxModel({ inputs: [value("x", elementTypes.int64)], outputs, nodes }));
  expect(await openExport("unet", path)).toMatchObject({
    outputTypes: { y: "of element type 5", z: "bool" },
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
  /** A graph of two weights in two files, which gives their sum. */
  async function writeExternal(locations: readonly [string, string]): Promise<void> {
    const weights: Weights = {
      folder: "/",
      names: ["a", "b"],
      get: (name) => ({
        dtype: "F32",
        shape: [2],
        location: locations[name === "a" ? 0 : 1],
        offset: 0,
        length: 8,
      }),
    };
    const g = graph("sum", weights);
    g.output("y", add(g, g.weight("a", [2]), g.weight("b", [2])));
    await writeFile(path, g.build().model);
  }

  async function writeNumbers(file: string, ...numbers: number[]): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, new Uint8Array(Float32Array.from(numbers).buffer));
  }

  test.each([
    ["beside it", "a.bin", "b.bin"],
    ["in a folder below", "data/a.bin", "./data/b.bin"],
    ["in files of any name", "all of them", "data/all of them"],
  ])("%s is left to onnxruntime to find, and counts", async (_, a, b) => {
    await writeExternal([a, b]);
    await writeNumbers(join(folder, a), 1, 2);
    await writeNumbers(join(folder, b), 10, 20);
    const source = await openExport("sum", path);
    expect(source).toMatchObject({ model: path, folder, bytes: (await stat(path)).size + 16 });
  });

  test.each([
    ["one file of data a link", ["b.bin"]],
    ["all its data links", ["a.bin", "b.bin"]],
    ["the graph a link too", ["a.bin", "b.bin", "model.onnx"]],
    ["the graph alone a link", ["model.onnx"]],
  ])("with %s, a graph runs over the data's real files", async (_, names) => {
    await writeExternal(["a.bin", "b.bin"]);
    await writeNumbers(join(folder, "a.bin"), 1, 2);
    await writeNumbers(join(folder, "b.bin"), 10, 20);
    for (const [i, name] of names.entries()) {
      await mkdir(join(folder, `disk${i}`));
      await rename(join(folder, name), join(folder, `disk${i}`, "blob"));
      await symlink(`disk${i}/blob`, join(folder, name));
    }
    const source = await openExport("sum", path);
    expect(source.bytes).toBe((await stat(path)).size + 16);
    expect(await run(source, {})).toMatchObject({ values: [11, 22] });
  });

  test.each(["../a.bin", "/etc/passwd", "data/../../a.bin", "."])(
    "at %j is refused",
    async (location) => {
      await writeExternal([location, "b.bin"]);
      await writeNumbers(join(folder, "b.bin"), 10, 20);
      await expect(openExport("sum", path)).rejects.toMatchObject({
        code: "LOAD_FAILED",
        message: expect.stringContaining(`"${location}", which is not a file of its folder`),
      });
    },
  );

  test("that is not there is named, and so is an export that is not", async () => {
    await writeExternal(["a.bin", "b.bin"]);
    await writeNumbers(join(folder, "a.bin"), 1, 2);
    await symlink("nowhere", join(folder, "b.bin"));
    await expect(openExport("sum", path)).rejects.toThrow(
      /"b\.bin", which cannot be read: it is not there/,
    );
    await expect(openExport("sum", `${path}.none`)).rejects.toMatchObject({ code: "LOAD_FAILED" });
  });

  test("is found wherever in a node a tensor may be, and nothing else is changed", () => {
    const tensor = (location: string): Uint8Array =>
      Buffer.concat([
        numberField(2, 1),
        bytesField(13, Buffer.concat([textField(1, "location"), textField(2, location)])),
        bytesField(13, Buffer.concat([textField(1, "offset"), textField(2, "location")])),
        textField(8, "w"),
      ]);
    const node = (location: string, input: string): Uint8Array => {
      const inner = Buffer.concat([
        bytesField(1, Buffer.concat([textField(1, input), textField(3, "x")])),
        bytesField(5, tensor(location)),
      ]);
      return Buffer.concat([
        textField(1, input),
        textField(4, "x"),
        bytesField(5, bytesField(6, inner)),
        bytesField(5, bytesField(11, inner)),
        bytesField(5, Buffer.concat([textField(1, "x"), bytesField(5, tensor(location))])),
        bytesField(5, bytesField(10, tensor(location))),
      ]);
    };
    const changes = {
      names: new Map([["x", "x.half"]]),
      locate: (location: string) => `blobs/${location}`,
    };
    expect(changedNode(node("a", "x"), changes)).toEqual(node("blobs/a", "x.half"));
  });
});
