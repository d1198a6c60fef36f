import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openPytorch } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { code, dict, integer, named, orderedDict, pickle, tensor, text, tuple } from "./pickle.ts";
import type { Code } from "./pickle.ts";
import { folder } from "./run.ts";
import { entriesOf, zip } from "./torch-file.ts";

const fixtures = join(import.meta.dirname, "../fixtures/pytorch");

let root: string;

beforeEach(async () => {
  root = await folder();
});

/** Opens a file with this pickle, and a storage "0" of two float32 numbers. */
async function open(bytes: Uint8Array): Promise<Weights> {
  const storages = { "0": new Uint8Array(Float32Array.of(1, 2).buffer) };
  await writeFile(join(root, "m.bin"), zip(entriesOf(bytes, storages)));
  return openPytorch(root, "m.bin");
}

function refused(bytes: Uint8Array, message: RegExp): Promise<void> {
  return expect(open(bytes)).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(message),
  });
}

type Pickles = Readonly<Record<string, string>>;

/** Written by Python's pickle and torch.save, by tools/reference/pytorch.py. */
const written: Readonly<Record<string, Pickles>> = JSON.parse(
  readFileSync(join(fixtures, "hostile.json"), "utf8"),
);

/** What each of them asks for, in protocol 2 and in 4. */
const asked: Readonly<Record<string, RegExp>> = {
  "a command": /asks for (posix|nt)\.system,/,
  "an expression": /asks for (__builtin__|builtins)\.eval,/,
  statements: /asks for (__builtin__|builtins)\.exec,/,
  "an import": /asks for importlib\.import_module,/,
  "within a dict": /asks for (posix|nt)\.system,/,
  "as a name": /asks for (posix|nt)\.getpid,/,
  "as an attribute": /asks for (posix|nt)\.system,/,
  "as an argument": /asks for (posix|nt)\.system,/,
  "a module": /asks for torch\.nn\.modules\.linear\.Linear,/,
  "an array": /asks for numpy\._core\.multiarray\._reconstruct,/,
  "an object": /asks for argparse\.Namespace,/,
  "a set": /asks for __builtin__\.set,|has the opcode EMPTY_SET 0x8f,/,
  "a type": /asks for torch\.float32,/,
  "as a storage's type": /asks for (posix|nt)\.system,/,
};

const pickles = Object.entries(written).flatMap(([protocol, by]) =>
  Object.entries(by).map(([name, base64]) => [name, protocol, base64] as const),
);

test.each(pickles)(
  "Python's pickle with %s, of protocol %s, is refused by name",
  (name, _, base64) =>
    refused(
      Buffer.from(base64, "base64"),
      new RegExp(
        `${asked[name]!.source}.*not a tensor's; the file is not read further.*safetensors`,
      ),
    ),
);

test("a command that a pickle calls is not run", async () => {
  const trace = join(root, "trace");
  const call = Buffer.concat([named("os", "system"), tuple(text(`touch ${trace}`)), code("R")]);
  await refused(pickle(dict({ a: tensor(), b: call })), /asks for os\.system,/);
  expect(existsSync(trace)).toBe(false);
});

const evil = text("touch trace");

test.each<[string, Code, RegExp]>([
  ["GLOBAL", named("os", "system"), /asks for os\.system,/],
  [
    "STACK_GLOBAL",
    Buffer.concat([text("os"), text("system"), code("\x93")]),
    /asks for os\.system,/,
  ],
  [
    "STACK_GLOBAL of numbers",
    Buffer.concat([integer(1), integer(2), code("\x93")]),
    /asks for a number of a number by name/,
  ],
  [
    "an attribute of a known module",
    Buffer.concat([text("torch"), text("_utils._rebuild_tensor_v2"), code("\x93")]),
    /asks for torch\._utils\._rebuild_tensor_v2,/,
  ],
  ["a name of JavaScript's", named("toString", "constructor"), /asks for toString\.constructor,/],
  [
    "a line break in its name",
    Buffer.concat([text("a\n\x1b[2J"), text("b"), code("\x93")]),
    /a\\n\\u001b\[2J\.b/,
  ],
  ["a name without an end", code(`cos${"s".repeat(5000)}`), /line.*more than 1000 bytes/],
  [
    "INST",
    Buffer.concat([code("("), evil, code("ios\nsystem\n")]),
    /makes an object of os\.system,/,
  ],
  ["OBJ", Buffer.concat([code("("), orderedDict, evil, code("o")]), /opcode OBJ 0x6f,/],
  ["NEWOBJ", Buffer.concat([named("torch", "FloatStorage"), code(")\x81")]), /opcode NEWOBJ 0x81,/],
  [
    "NEWOBJ_EX",
    Buffer.concat([named("torch", "FloatStorage"), code(")}\x92")]),
    /opcode NEWOBJ_EX 0x92,/,
  ],
  ["EXT1", code("\x82\x01"), /opcode EXT1 0x82,/],
  ["EXT2", code("\x83\x01\x00"), /opcode EXT2 0x83,/],
  ["EXT4", code("\x84\x01\x00\x00\x00"), /opcode EXT4 0x84,/],
  ["PERSID", code("Pevil\n"), /opcode PERSID 0x50,/],
  ["an opcode that there is not", code("\xff"), /opcode 0xff,/],
  [
    "a persistent id that is a text",
    Buffer.concat([evil, code("Q")]),
    /refers to a string, which is no storage/,
  ],
  [
    "a persistent id of another kind",
    Buffer.concat([tuple(text("module"), evil), code("Q")]),
    /refers to a tuple of 2, which is no storage/,
  ],
  [
    "a persistent id with more",
    Buffer.concat([
      tuple(
        text("storage"),
        named("torch", "FloatStorage"),
        text("0"),
        text("cpu"),
        integer(2),
        evil,
      ),
      code("Q"),
    ]),
    /refers to a tuple of 6, which is no storage/,
  ],
  [
    "a call of a type",
    Buffer.concat([named("torch", "FloatStorage"), code(")R")]),
    /calls torch\.FloatStorage/,
  ],
  ["a call of a text", Buffer.concat([evil, code(")R")]), /calls a string/],
  [
    "a call without a tuple",
    Buffer.concat([named("collections", "OrderedDict"), evil, code("R")]),
    /with a string/,
  ],
  [
    "BUILD of a tensor",
    Buffer.concat([tensor(), code("}b")]),
    /sets attributes of a tensor by a dict/,
  ],
  ["BUILD of a plain dict", code("}}b"), /sets attributes of a dict by a dict/],
  [
    "BUILD of a class",
    Buffer.concat([named("torch", "FloatStorage"), code("}b")]),
    /attributes of torch\.FloatStorage/,
  ],
  ["BUILD by a tuple", Buffer.concat([orderedDict, code("})\x86b")]), /by a tuple of 2/],
  [
    "an item of a text",
    Buffer.concat([evil, evil, evil, code("s")]),
    /gives 2 names and values to a string/,
  ],
  [
    "an item appended to a tensor",
    Buffer.concat([tensor(), evil, code("a")]),
    /appends 1 values to a tensor/,
  ],
  [
    "a name without a value",
    Buffer.concat([code("}("), evil, code("u")]),
    /gives 1 names and values/,
  ],
  ["a value that is not there", code("R"), /takes a value which is not there/],
  [
    "a value from below a mark",
    Buffer.concat([evil, code("(\x85")]),
    /takes a value which is not there/,
  ],
  ["a tuple that was not begun", code("t"), /ends a list which it did not begin/],
  ["a memo that is not there", code("h\x07"), /asks for value 7 of its memo/],
  ["a text that is too long", code("X\xff\xff\xff\xff"), /ends before 4294967295 that are due/],
  [
    "a text of 2^63 bytes",
    code("\x8d\0\0\0\0\0\0\0\x80"),
    /ends before 9223372036854776000 that are due/,
  ],
  ["a text that is not UTF-8", code("\x8c\x01\xff"), /not UTF-8/],
  ["a number of 255 bytes", code(`\x8a\xff${"a".repeat(255)}`), /number of 255 bytes/],
  ["a protocol of the future", code("\x80\x06"), /protocol 6; 2 to 5/],
  ["two values", code("NN"), /leaves 2 values/],
  ["a mark that is not closed", code("N("), /leaves 1 values/],
])("a pickle with %s is refused", (_, body, message) => refused(pickle(body), message));

test("a pickle without an end is refused", () =>
  refused(pickle(dict({ a: tensor() })).subarray(0, -1), /pickle of \d+ bytes, which ends before/));

test("names of JavaScript's objects are names of tensors", async () => {
  const proto = await open(
    pickle(
      dict([
        ["__proto__", tensor()],
        ["toString", tensor()],
      ]),
    ),
  );
  expect(proto.names.toSorted()).toEqual(["__proto__", "toString"]);
  expect(proto.get("__proto__")).toMatchObject({ dtype: "F32", shape: [2] });
  expect(proto.get("constructor")).toBeUndefined();
  expect(({} as Record<string, unknown>).dtype).toBeUndefined();
});

test("a name that stands twice is refused", () =>
  refused(
    pickle(
      dict([
        ["a", tensor()],
        ["a", tensor()],
      ]),
    ),
    /"a" twice in one dict/,
  ));

/** The longest that the event loop stood still meanwhile, in milliseconds. */
async function longestPause(work: Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await work;
  clearInterval(timer);
  return Math.max(longest, performance.now() - last);
}

test.each<[string, string, RegExp]>([
  ["values", "N".repeat(9_900_000), /more than 1000000 opcodes/],
  ["memos", "}" + "q\x01".repeat(4_900_000), /more than 1000000 opcodes/],
  ["marks", "(".repeat(9_900_000), /deeper than 100/],
  ["tuples within each other", "N" + "\x85".repeat(990_000), /holds a tuple of 1, and not a dict/],
  ["lists within each other", "]".repeat(9_900_000), /more than 1000000 opcodes/],
  // Each tuple has the one before it twice: walked through, there would be 2 to the power of 300,000.
  ["tuples that double", "N\x94" + "h\x00h\x00\x86q\x00".repeat(124_000), /leaves \d+ values/],
  ["texts", "\x8c\x00".repeat(4_900_000), /more than 1000000 opcodes/],
  ["opcodes that do nothing", "\x80\x02".repeat(4_900_000), /more than 1000000 opcodes/],
])("a pickle of millions of %s is refused while the event loop turns", async (_, body, message) => {
  expect(await longestPause(refused(pickle(code(body)), message))).toBeLessThan(1000);
});

test("a pickle of more than 10 MB is refused before it is read", () =>
  refused(
    pickle(code("N".repeat(10_000_001))),
    /pickle of 10000004 bytes; at most 10000000 are read/,
  ));

test("a dict of 25,001 tensors is refused, and messages stay short", async () => {
  const one = Buffer.concat([tensor(), code("r\0\0\0\0")]);
  const names = Array.from(
    { length: 25_000 },
    (__, index) => [`n${index}`, code("j\0\0\0\0")] as const,
  );
  await refused(pickle(dict([["first", one], ...names])), /25001 tensors; at most 25000/);
  await refused(pickle(dict({ ["n".repeat(2000)]: tensor() })), /^.{0,300} of 2000 characters/);
});

test("a trainer's note is nothing that a tensor can be made of", async () => {
  const scalar = Buffer.concat([named("numpy.core.multiarray", "scalar"), code(")R")]);
  const weights = await open(pickle(dict({ score: scalar, state_dict: dict({ a: tensor() }) })));
  expect(weights.names).toEqual(["a"]);
  await refused(pickle(dict({ a: scalar })), /holds no tensors by name in its dict of 1: "a"/);
  await refused(pickle(scalar, code(")R")), /calls a trainer's note with a tuple of 0/);
  await refused(
    pickle(named("numpy.core", "multiarray.scalar")),
    /asks for numpy\.core\.multiarray\.scalar,/,
  );
});

test.each([
  [
    "params_ema beside params",
    dict({ params: dict({ b: tensor() }), params_ema: dict({ a: tensor() }) }),
  ],
  ["params", dict({ params: dict({ a: tensor() }), iter: integer(1) })],
])("the dict of tensors is found in %s, as basicsr writes it", async (_, saved) => {
  expect((await open(pickle(saved))).names).toEqual(["a"]);
});

test.each<[string, Code, RegExp]>([
  ["a tensor alone", tensor(), /holds a tensor, and not a dict/],
  [
    "a dict without tensors",
    dict({ model: dict({}), epoch: integer(1) }),
    /dict of 2: "model", "epoch"/,
  ],
  ["an empty dict", dict({}), /dict of 0\./],
  [
    "a tensor whose name is a number",
    Buffer.concat([code("}K\x01"), tensor(), code("s")]),
    /has a number as a tensor's name/,
  ],
])("%s is refused with what it is", (_, body, message) => refused(pickle(body), message));

test("a tensor whose strides leave gaps, run backwards or repeat elements is refused with them", async () => {
  const of = (shape: readonly number[], strides: readonly number[], elements = 100) =>
    pickle(dict({ a: tensor({ elements, shape, strides }) }));
  await refused(
    of([2, 3], [1, 2]),
    /"a" \[2, 3\] with strides \[1, 2\].*read in place.*safetensors/,
  );
  await refused(of([2, 3], [6, 1]), /strides \[6, 1\]/);
  await refused(of([2, 3], [0, 1]), /strides \[0, 1\]/);
  await refused(of([4], [2]), /strides \[2\]/);
  await expect(
    open(pickle(dict({ a: tensor({ shape: [1, 2, 1], strides: [0, 1, 99] }) }))),
  ).resolves.toMatchObject({ names: ["a"] });
});

test("a tensor outside of its storage is refused with the numbers", async () => {
  const a = (facts: Parameters<typeof tensor>[0]) => pickle(dict({ a: tensor(facts) }));
  await refused(a({ offset: 1 }), /"a" \[2\] at elements 1 to 3 of a storage that has 2/);
  await refused(a({ shape: [3] }), /elements 0 to 3 of a storage that has 2/);
  await refused(
    a({ shape: [2_000_000_000, 2_000_000_000], strides: [1, 1] }),
    /elements 0 to 4000000000000000000 of/,
  );
  await refused(a({ shape: [-2] }), /a tensor of a storage, a number, a tuple of 1/);
  await refused(a({ offset: -1 }), /a tensor of a storage/);
  await refused(
    a({ shape: Array.from({ length: 65 }, () => 1) }),
    /a tensor of a storage, a number, a tuple of 65/,
  );
  await refused(a({ strides: [] }), /1 dims and 0 strides/);
  await refused(a({ elements: 3 }), /storage "0" of 8 bytes, but 3 elements of F32 take 12/);
  await refused(a({ key: "../../0" }), /no entry "m\/data\/\.\.\/\.\.\/0"/);
  await refused(a({ type: "QInt8Storage" }), /asks for torch\.QInt8Storage,/);
});

test("a storage of two types is refused", () =>
  refused(
    pickle(dict({ a: tensor(), b: tensor({ type: "IntStorage" }) })),
    /storage "0" of 2 of F32 elements and of 2 of I32/,
  ));
