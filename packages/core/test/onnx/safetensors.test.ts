import { mkdir, readdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { add, graph, openSafetensors, readTensor } from "@kindred/core/onnx";
import { folder, run, safetensors, withHeader } from "./run.ts";

let root: string;

beforeEach(async () => {
  root = await folder();
});

const sound = safetensors({
  a: { shape: [2], values: [1, 2] },
  b: { shape: [1, 2], values: [10, 20] },
});

function refused(file: Promise<unknown>, message: RegExp): Promise<void> {
  return expect(file).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(message),
  });
}

/** Opens a file of these bytes. */
async function openBytes(bytes: Uint8Array): Promise<unknown> {
  await writeFile(join(root, "hostile.safetensors"), bytes);
  return openSafetensors(root, "hostile.safetensors");
}

function openHeader(header: unknown, data: number = 8): Promise<unknown> {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  return openBytes(withHeader(text, new Uint8Array(data)));
}

test("tensors are listed with where they lie", async () => {
  await writeFile(join(root, "model.safetensors"), sound);
  const weights = await openSafetensors(root, "model.safetensors");
  expect(weights).toMatchObject({ folder: root, names: ["a", "b"] });
  expect(weights.get("b")).toMatchObject({
    dtype: "F32",
    shape: [1, 2],
    location: "model.safetensors",
    offset: sound.length - 8,
    length: 8,
  });
  expect(weights.get("c")).toBeUndefined();
});

test("opening writes nothing", async () => {
  await writeFile(join(root, "model.safetensors"), sound);
  await openSafetensors(root, "model.safetensors");
  expect(await readdir(root)).toEqual(["model.safetensors"]);
});

test("dtypes that graphs cannot use are listed all the same", async () => {
  const header = { ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] } };
  await writeFile(
    join(root, "m.safetensors"),
    withHeader(JSON.stringify(header), new Uint8Array(8)),
  );
  expect((await openSafetensors(root, "m.safetensors")).get("ids")).toMatchObject({ dtype: "I64" });
});

test("weights whose offsets are not aligned are read all the same", async () => {
  const header = `{"pad":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"a":{"dtype":"F32","shape":[2],"data_offsets":[3,11]}}`;
  const values = new Uint8Array(Float32Array.of(1, 2).buffer);
  await writeFile(
    join(root, "m.safetensors"),
    withHeader(header, Buffer.concat([new Uint8Array(3), values])),
  );
  const g = graph("test", await openSafetensors(root, "m.safetensors"));
  g.output("y", add(g, g.weight("a", [2]), g.float32([1])));
  expect((await run(g.build(), {})).values).toEqual([2, 3]);
});

test("the bytes of a small tensor are read, and those of a large one are not", async () => {
  await writeFile(join(root, "model.safetensors"), sound);
  const weights = await openSafetensors(root, "model.safetensors");
  const tensor = weights.get("b")!;
  const bytes = await readTensor(weights.folder, tensor, 8);
  expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([10, 20]);
  await refused(readTensor(weights.folder, tensor, 7), /has 8 bytes, and at most 7 are read/);
});

test("a file behind a link is opened at its real path", async () => {
  await mkdir(join(root, "blobs"));
  await mkdir(join(root, "snapshots/main"), { recursive: true });
  await writeFile(join(root, "blobs/0123"), sound);
  await symlink("../../blobs/0123", join(root, "snapshots/main/model.safetensors"));
  const weights = await openSafetensors(join(root, "snapshots/main"), "model.safetensors");
  expect(weights.folder).toBe(join(root, "blobs"));
  const g = graph("test", weights);
  g.output("y", add(g, g.weight("a", [2]), g.weight("b", [1, 2])));
  expect((await run(g.build(), {})).values).toEqual([11, 22]);
});

test("a file that is not there is refused by name", () =>
  refused(openSafetensors(root, "absent.safetensors"), /absent\.safetensors/));

test("a folder in place of a file is refused", async () => {
  await mkdir(join(root, "m.safetensors"));
  await refused(openSafetensors(root, "m.safetensors"), /m\.safetensors/);
});

test("a file too short for a header's length is refused", () =>
  refused(openBytes(Buffer.from("short")), /5 bytes/));

test("a header that runs past the end of the file is refused", () => {
  const bytes = Buffer.from(sound);
  bytes.writeBigUInt64LE(4096n);
  return refused(openBytes(bytes), /hostile\.safetensors.*4096.*\d+ in all/);
});

test.each([
  ["version https://git-lfs.github.com/spec/v1", /hostile\.safetensors" is a Git LFS pointer/],
  ["GGUF\u0003\u0000\u0000\u0000 and so on", /is a GGUF file/],
  ["PK\u0003\u0004 and so on", /is a file of PyTorch.s, and not of safetensors\. .*ending \.bin/],
  ["<html><head></head></html>", /is a web page/],
])("a file that begins with %j is refused as what it is", (start, message) =>
  refused(openBytes(Buffer.from(start)), message),
);

test("a header longer than 10 MB is refused before it is read", () => {
  const bytes = Buffer.from(sound);
  bytes.writeBigUInt64LE(2n ** 63n);
  return refused(openBytes(bytes), /9223372036854775808.*at most 10000000 /);
});

test("a header that is not JSON is refused", () => refused(openHeader("{nonsense"), /JSON/));

test.each([["[]"], ["null"], ["3"]])("a header that is %s is refused", (text) =>
  refused(openHeader(text), /not an object/),
);

test.each([
  ["brackets", `{"__metadata__":${"[".repeat(4_000_000)}`, /100000 arrays and objects/],
  ["keys", `{${'"a":1,'.repeat(1_000_000)}`, /100000 keys/],
])("a header of millions of %s is refused before it is parsed", async (_, header, message) => {
  const start = performance.now();
  await refused(openHeader(header), message);
  expect(performance.now() - start).toBeLessThan(2000);
});

test("a text of megabytes in a header's metadata is read", async () => {
  const header = { __metadata__: { picture: "\n".repeat(3_000_000) } };
  await expect(openHeader(header, 0)).resolves.toMatchObject({ names: [] });
});

test("a tensor's name and its number of dims have bounds, and messages stay short", async () => {
  const tensor = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  await refused(openHeader({ ["a".repeat(2_000_000)]: tensor }), /^.{0,300}2000000 characters/);
  const shape = Array.from({ length: 65 }, () => 1);
  await refused(openHeader({ a: { ...tensor, shape } }), /"a" is .{0,100}without a sound/);
});

test("a name that stands twice is refused", () => {
  const tensor = `{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`;
  return refused(openHeader(`{"a":${tensor},"\\u0061":${tensor}}`), /"a" twice/);
});

test("a tensor's key that stands twice is refused", () => {
  const tensor = `{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,8]}`;
  return refused(openHeader(`{"a":${tensor}}`), /"shape" twice/);
});

test("names and metadata may look like JSON themselves", async () => {
  const header = {
    __metadata__: { note: '{"a": {"a": 1}, "a"' },
    'a":{': { dtype: "F32", shape: [2], data_offsets: [0, 8] },
  };
  await expect(openHeader(header)).resolves.toMatchObject({ names: ['a":{'] });
});

test("a dtype that is not known is refused", () =>
  refused(openHeader({ a: { dtype: "F31", shape: [2], data_offsets: [0, 8] } }), /"a".*F31/));

test("a dtype named like a method is not known", () =>
  refused(openHeader({ a: { dtype: "toString", shape: [2], data_offsets: [0, 8] } }), /toString/));

test.each([
  ["no object", 3],
  ["null", null],
  ["without a shape", { dtype: "F32", data_offsets: [0, 8] }],
  ["of a negative dim", { dtype: "F32", shape: [-2], data_offsets: [0, 8] }],
  ["of a fractional dim", { dtype: "F32", shape: [0.5, 4], data_offsets: [0, 8] }],
  ["with one offset", { dtype: "F32", shape: [2], data_offsets: [0] }],
  ["with a negative offset", { dtype: "F32", shape: [2], data_offsets: [-8, 0] }],
])("a tensor that is %s is refused", (_, tensor) =>
  refused(openHeader({ a: tensor }), /"a" is .*without a sound/),
);

test("a tensor whose bytes do not match its shape is refused", () =>
  refused(
    openHeader({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }),
    /"a".*8 in all.*F32 \[3\] takes 12/,
  ));

test("offsets that run backwards are refused", () =>
  refused(openHeader({ a: { dtype: "F32", shape: [2], data_offsets: [8, 0] } }), /"a".*-8/));

test("tensors that overlap are refused", () =>
  refused(
    openHeader(
      {
        a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
        b: { dtype: "F32", shape: [2], data_offsets: [4, 12] },
      },
      12,
    ),
    /"b".*overlaps/,
  ));

test("a gap between tensors is refused", () =>
  refused(
    openHeader(
      {
        a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
        b: { dtype: "F32", shape: [1], data_offsets: [12, 16] },
      },
      16,
    ),
    /"b".*gap/,
  ));

test("a file that is cut off is refused with the end of its tensors and of itself", async () => {
  await writeFile(join(root, "cut.safetensors"), sound);
  await truncate(join(root, "cut.safetensors"), sound.length - 3);
  await refused(
    openSafetensors(root, "cut.safetensors"),
    new RegExp(`cut.*${sound.length}.*${sound.length - 3}`),
  );
});

test("bytes after the last tensor are refused", () =>
  refused(openBytes(Buffer.concat([sound, Buffer.alloc(1)])), /end at byte/));

test("an empty tensor is sound", () =>
  expect(
    openHeader({ a: { dtype: "F32", shape: [0, 4], data_offsets: [0, 0] } }, 0),
  ).resolves.toMatchObject({ names: ["a"] }));
