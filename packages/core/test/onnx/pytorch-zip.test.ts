import { mkdir, readFile, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openPytorch } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { changeOf, headChangeOf } from "../../src/shared/file-identity.ts";
import { dict, pickle, tensor } from "./pickle.ts";
import { folder, safetensors } from "./run.ts";
import { entriesOf, zip } from "./torch-file.ts";
import type { ZipFile } from "./torch-file.ts";

const fixtures = join(import.meta.dirname, "../fixtures/pytorch");

let root: string;

beforeEach(async () => {
  root = await folder();
});

const numbers = (...values: number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);
const two = dict({ a: tensor(), b: tensor({ key: "1" }) });
const sound = entriesOf(pickle(two), { "0": numbers(1, 2), "1": numbers(3, 4) });

async function openBytes(bytes: Uint8Array, name = "m.bin"): Promise<Weights> {
  await writeFile(join(root, name), bytes);
  return openPytorch(root, name);
}

function refused(opening: Promise<unknown>, message: RegExp): Promise<void> {
  return expect(opening).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(message),
  });
}

/** The sound file, in which some entries are others. */
function changed(changes: Readonly<Record<string, Partial<ZipFile>>>): Buffer {
  return zip(sound.map((file) => ({ ...file, ...changes[file.name] })));
}

test.each([
  ["", false],
  [" of zip64", true],
])("a zip%s is read", async (_, zip64) => {
  const bytes = zip(sound, zip64);
  const weights = await openBytes(bytes);
  for (const [name, value] of [
    ["a", 1],
    ["b", 3],
  ] as const) {
    const { offset, length } = weights.get(name)!;
    expect([bytes.readFloatLE(offset), length]).toEqual([value, 8]);
  }
});

test.each([4, 21, 60, 150])("a file that is cut off by %i bytes is refused", (bytes) =>
  refused(
    openBytes(zip(sound).subarray(0, -bytes)),
    /has \d+ bytes, and does not end as a zip does: it seems cut off\. Fetch it again/,
  ),
);

test("a file that was cut off anywhere, or has a byte changed, is refused or read", async () => {
  const whole = await readFile(join(fixtures, "module.bin"));
  for (let length = 0; length < whole.length; length += 13) {
    await expect(openBytes(whole.subarray(0, length))).rejects.toMatchObject({
      code: "LOAD_FAILED",
    });
  }
  for (let at = 0; at < whole.length; at += 3) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 0xff;
    const opened = await openBytes(bytes).catch((error: unknown) => error);
    const isOpen = (opened as Weights).names?.length > 0;
    expect(isOpen || (opened as { code?: string }).code === "LOAD_FAILED", `byte ${at}`).toBe(true);
  }
});

test.each<[string, () => Buffer, RegExp]>([
  [
    "with a compressed pickle",
    () => changed({ "m/data.pkl": { method: 8, stored: 10 } }),
    /compressed zip: its entry "m\/data\.pkl" has \d+ bytes, stored as 10 by method 8.*Save the model as safetensors/,
  ],
  [
    "with a compressed storage",
    () => changed({ "m/data/1": { method: 8 } }),
    /entry "m\/data\/1" has 8 bytes, stored as 8 by method 8/,
  ],
  ["that is encrypted", () => changed({ "m/data/0": { flags: 1 } }), /is an encrypted zip/],
  ["with a name twice", () => zip([...sound, sound[1]!]), /has the entry "m\/data\/0" twice/],
  ["without a pickle", () => zip(sound.slice(1)), /has 0 entries "data\.pkl"/],
  [
    "with two pickles",
    () => zip([...sound, { name: "n/data.pkl", data: numbers() }]),
    /has 2 entries "data\.pkl"/,
  ],
  ["without a storage", () => zip(sound.slice(0, 2)), /no entry "m\/data\/1"/],
  [
    "with a storage that is too short",
    () => changed({ "m/data/1": { data: numbers(1) } }),
    /storage "1" of 4 bytes, but 2 elements of F32 take 8/,
  ],
  [
    "with an entry outside of the file",
    () => changed({ "m/data/1": { header: 100_000 } }),
    /entry "m\/data\/1" of 8 bytes from byte 100000 on, past byte \d+/,
  ],
  [
    "with an entry in the place of another",
    () => changed({ "m/data/1": { header: 0 } }),
    /no header of "m\/data\/1" at byte 0/,
  ],
  [
    "with an entry that is not where it should be",
    () => changed({ "m/data/1": { header: 5 } }),
    /no header of "m\/data\/1" at byte 5/,
  ],
  [
    "of a machine with another order of bytes",
    () => zip([...sound, { name: "m/byteorder", data: Buffer.from("big") }]),
    /byte order "big"; "little" is read/,
  ],
])("a file %s is refused", (_, bytes, message) => refused(openBytes(bytes()), message));

test("storages that share bytes are refused", () => {
  // A storage may look like a zip itself: the second one's header lies within the first.
  const inner = zip([{ name: "m/data/1", data: numbers(3, 4) }]).subarray(0, 30 + 8 + 3 + 8);
  const padded = Buffer.concat([inner, Buffer.alloc(3)]);
  const elements = padded.length / 4;
  const body = pickle(dict({ a: tensor({ elements }), b: tensor({ key: "1" }) }));
  const files = entriesOf(body, { "0": padded, "1": numbers(3, 4) });
  const at = zip(files).indexOf(padded);
  const sharing = files.map((file) => (file.name === "m/data/1" ? { ...file, header: at } : file));
  return refused(
    openBytes(zip(sharing)),
    /storage "1" at bytes \d+ to \d+, of which those before \d+ are another's/,
  );
});

test("a directory that says too much is refused before it is read", () => {
  const many = zip(sound);
  many.writeUInt16LE(9, many.length - 12);
  const outside = zip(sound);
  outside.writeUInt32LE(outside.length, outside.length - 6);
  const large = zip(sound, true);
  large.writeBigUInt64LE(2n ** 40n, large.length - 22 - 20 - 56 + 32);
  const away = zip(sound, true);
  away.writeBigUInt64LE(2n ** 63n, away.length - 22 - 20 + 8);
  return Promise.all([
    refused(openBytes(many, "many.bin"), /no entry 3 of 9/),
    refused(openBytes(outside, "outside.bin"), /directory at bytes \d+ to \d+, after byte \d+/),
    refused(openBytes(large, "large.bin"), /directory of 1099511627776 entries.*at most 100000/),
    refused(openBytes(away, "away.bin"), /zip64 record begins at byte 9223372036854776000/),
  ]);
});

test.each<[string, Uint8Array, RegExp]>([
  [
    "a Git LFS pointer",
    Buffer.from("version https://git-lfs.github.com/spec/v1"),
    /Git LFS pointer/,
  ],
  ["a web page", Buffer.from("<!doctype html><title>401</title>"), /is a web page/],
  [
    "a file of safetensors",
    safetensors({ a: { shape: [1], values: [1] } }),
    /is a file of safetensors/,
  ],
  ["no bytes", new Uint8Array(), /has 0 bytes, and is not a zip/],
  ["a text", Buffer.from("hello, world, hello"), /has 19 bytes, and is not a zip/],
])("%s under the name of a file of PyTorch's is refused as what it is", (_, bytes, message) =>
  refused(openBytes(bytes), message),
);

test("a file as PyTorch wrote it before zips is refused with what to do", () =>
  refused(
    openPytorch(fixtures, "legacy.bin"),
    /before version 1\.6.*Save the model as safetensors/,
  ));

test("a folder, and a file that is not there, are refused by name", async () => {
  await mkdir(join(root, "folder.bin"));
  await refused(openPytorch(root, "folder.bin"), /folder\.bin" cannot be opened: it is a folder/);
  await refused(openPytorch(root, "absent.bin"), /absent\.bin" cannot be opened: it is not there/);
});

test("shards are opened by their index, links followed", async () => {
  const one = (name: string) =>
    zip(entriesOf(pickle(dict({ [name]: tensor() })), { "0": numbers(1, 2) }));
  await writeFile(join(root, "blob"), one("a"));
  await symlink("blob", join(root, "pytorch_model-00001-of-00002.bin"));
  await writeFile(join(root, "pytorch_model-00002-of-00002.bin"), one("b"));
  const map = { a: "pytorch_model-00001-of-00002.bin", b: "pytorch_model-00002-of-00002.bin" };
  for (const name of ["pytorch_model.bin.index.json", "pytorch_model.bin.index.fp16.json"]) {
    await writeFile(join(root, name), JSON.stringify({ weight_map: map }));
    const weights = await openPytorch(root, name);
    expect(weights.names.map((each) => weights.get(each)!.location)).toEqual(["blob", map.b]);
  }
  await writeFile(join(root, "x.index.json"), JSON.stringify({ weight_map: { ...map, c: map.b } }));
  await refused(openPytorch(root, "x.index.json"), /"c" is in ".*00002.*", which does not have it/);
});

test("a file that changes on disk is told by its identity", async () => {
  const { file } = (await openBytes(zip(sound))).get("a")!;
  expect([await changeOf(file!), await headChangeOf(file!)]).toEqual([undefined, undefined]);
  const other = pickle(dict({ b: tensor(), a: tensor({ key: "1" }) }));
  await writeFile(
    join(root, "other.bin"),
    zip(entriesOf(other, { "0": numbers(1, 2), "1": numbers(3, 4) })),
  );
  const modified = new Date(Number(file!.modified / 1_000_000n));
  await utimes(join(root, "other.bin"), modified, modified);
  expect(await headChangeOf({ ...file!, path: join(root, "other.bin") })).toMatch(/another header/);
  await rename(join(root, "other.bin"), join(root, "m.bin"));
  expect(await changeOf(file!)).toMatch(/another m\.bin has taken its place/);
});
