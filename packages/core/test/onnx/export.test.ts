import { mkdir, mkdtemp, rename, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TensorType } from "@kindred/core";
import { add, graph, openExport } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { afterEach, beforeEach, expect, test } from "vitest";
import protobuf from "protobufjs/light.js";
import { elementTypes } from "../../src/onnx/element-type.ts";
import { relocated } from "../../src/onnx/export/external-data.ts";
import { open } from "./run.ts";

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

/** A graph of two weights in two files, which has them as outputs. */
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
])("external data %s is left to onnxruntime to find, and counts", async (_, a, b) => {
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
  const session = await open(source);
  const { y } = await session.run({});
  expect(Array.from(y!.data as Float32Array)).toEqual([11, 22]);
});

test.each(["../a.bin", "/etc/passwd", "data/../../a.bin", "."])(
  "external data at %j is refused",
  async (location) => {
    await writeExternal([location, "b.bin"]);
    await writeNumbers(join(folder, "b.bin"), 10, 20);
    await expect(openExport("sum", path)).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining(`"${location}", which is not a file of its folder`),
    });
  },
);

test("external data that is not there is named, and so is an export that is not", async () => {
  await writeExternal(["a.bin", "b.bin"]);
  await writeNumbers(join(folder, "a.bin"), 1, 2);
  await symlink("nowhere", join(folder, "b.bin"));
  await expect(openExport("sum", path)).rejects.toThrow(/"b\.bin", which is not there/);
  await expect(openExport("sum", `${path}.none`)).rejects.toMatchObject({ code: "LOAD_FAILED" });
});

test("locations are changed wherever a tensor may be, and nothing else is", () => {
  const { Writer } = protobuf;
  const message = (field: number, content: Uint8Array): Uint8Array =>
    Writer.create()
      .uint32(field * 8 + 2)
      .bytes(content)
      .finish();
  const entry = (key: string, value: string): Uint8Array =>
    message(13, Writer.create().uint32(10).string(key).uint32(18).string(value).finish());
  const tensor = (location: string): Uint8Array =>
    Buffer.concat([
      entry("location", location),
      entry("offset", "0"),
      message(8, Buffer.from("w")),
    ]);
  const number = Writer.create().uint32(8).int32(9).finish();
  const model = (location: string): Uint8Array => {
    const branch = message(6, message(5, tensor(location)));
    const node = message(
      1,
      Buffer.concat([message(5, branch), message(5, message(5, tensor(location)))]),
    );
    return Buffer.concat([
      number,
      message(7, Buffer.concat([node, message(5, tensor(location))])),
      number,
    ]);
  };
  expect(relocated(model("a"), (location) => `blobs/${location}`)).toEqual(model("blobs/a"));
});
