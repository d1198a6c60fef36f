import { mkdir, readdir, rename, rm, stat, utimes, writeFile, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { graph, layerNorm, linear, openSafetensors } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { QuantizedStore } from "@kindred/core/precision";
import type { LoadProgress } from "@kindred/core";
import { changeOf } from "../../src/shared/file-identity.ts";
import { inPrecision, newFolder } from "./in-precision.ts";
import type { Context } from "./in-precision.ts";
import { folder, run, safetensors } from "./run.ts";

const [width, outer] = [48, 32];

/** Numbers that look random, the same each time. */
function numbers(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1) * (seed + 1)) * 1.7);
}

/** Weights of a norm with two large channels, and of three linears. */
const tensors = {
  "norm.weight": {
    shape: [width],
    values: numbers(width, 5).map((x, i) => (i < 2 ? 40 : Math.abs(x))),
  },
  "norm.bias": { shape: [width], values: numbers(width, 6) },
  "a.weight": { shape: [outer, width], values: numbers(outer * width, 1) },
  "a.bias": { shape: [outer], values: numbers(outer, 2) },
  "b.weight": { shape: [outer, width], values: numbers(outer * width, 3) },
  "b.bias": { shape: [outer], values: numbers(outer, 4) },
  "exact.weight": { shape: [2, outer], values: numbers(2 * outer, 7) },
  "exact.bias": { shape: [2], values: [0.5, -0.5] },
} as const;

let root: string;
let weights: Weights;
beforeAll(async () => {
  root = await folder();
  await writeFile(join(root, "model.safetensors"), safetensors(tensors));
  weights = await openSafetensors(root, "model.safetensors");
});

/** x [rows, width] → the sum of two linears of its norm, [rows, outer] */
function network(held: Weights): BuiltGraph {
  const g = graph("test", held);
  const x = g.input("x", "float32", ["rows", width]);
  const y = layerNorm(g.at("norm"), x, width, 1e-6);
  const [a, b] = ["a", "b"].map((name) => linear(g.at(name), y, width, outer));
  return g.output("y", g.node("Add", [a, b])).build();
}

/** A graph in eight bits over this file's weights, or over `own`. */
function inInt8(build: (held: Weights) => BuiltGraph, context: Context = {}, own = weights) {
  return inPrecision("int8", own, build, context);
}

async function values(built: BuiltGraph, rows: readonly number[][]): Promise<number[][]> {
  const feeds = { x: { dims: [rows.length, width], values: rows.flat() } };
  const { values: all } = await run(built, feeds);
  return rows.map((_, i) =>
    all.slice((i * all.length) / rows.length, ((i + 1) * all.length) / rows.length),
  );
}

/** Root of the mean square difference, relative to the spread of the expected. */
function error(found: number[][], expected: number[][]): number {
  const [a, b] = [found.flat(), expected.flat()];
  const square = (list: number[]) => Math.sqrt(list.reduce((sum, x) => sum + x * x, 0));
  return square(a.map((x, i) => x - b[i]!)) / square(b);
}

const rows = [0, 1, 2, 3].map((seed) => numbers(width, 10 + seed).map((x) => x * 10 ** (seed - 1)));

test("linears in eight bits are within a hundredth of those in float32", async () => {
  const exact = await values(network(weights), rows);
  const found = await values(await inInt8(network), rows);
  expect(error(found, exact)).toBeLessThan(0.01);
  expect(error(found, exact)).toBeGreaterThan(0);
});

test("a row's result is the same whatever rows are beside it", async () => {
  const built = await inInt8(network);
  const together = await values(built, rows);
  for (const [i, row] of rows.entries()) expect(await values(built, [row])).toEqual([together[i]]);
});

test("a row of zeros, and one of equal numbers, come out as in float32", async () => {
  const plain = (held: Weights) => {
    const g = graph("test", held);
    const x = g.input("x", "float32", ["rows", width]);
    return g.output("y", linear(g.at("a"), x, width, outer)).build();
  };
  const [zeros, equal] = [0, -3].map((value) => Array<number>(width).fill(value));
  const expected = await values(plain(weights), [zeros!, equal!]);
  const found = await values(await inInt8(plain), [zeros!, equal!]);
  expect(found[0]).toEqual(expected[0]);
  expect(error([found[1]!], [expected[1]!])).toBeLessThan(0.01);
});

test("large channels of a norm cost the others nothing: without it the error is larger", async () => {
  const unknown = (held: Weights) => {
    const g = graph("test", held);
    const x = g.input("x", "float32", ["rows", width]);
    const norm = g.node("Identity", [layerNorm(g.at("norm"), x, width, 1e-6)]);
    const [a, b] = ["a", "b"].map((name) => linear(g.at(name), norm, width, outer));
    return g.output("y", g.node("Add", [a, b])).build();
  };
  const exact = await values(network(weights), rows);
  const [smoothed, plain] = [await inInt8(network), await inInt8(unknown)];
  expect(error(await values(smoothed, rows), exact)).toBeLessThan(
    0.8 * error(await values(plain, rows), exact),
  );
});

test("linears that are to stay exact, and all in float32, are the same bytes as without a precision", async () => {
  const exact = (held: Weights) => {
    const g = graph("test", held);
    const x = g.input("x", "float32", ["rows", outer]);
    return g.output("y", linear(g.at("exact"), x, outer, 2, { exact: true })).build();
  };
  expect(await inInt8(exact)).toEqual(exact(weights));
});

test("matrices in eight bits take a quarter of the memory, and no weight counts as unused", async () => {
  const [held, float] = [await inInt8(network), network(weights)];
  const others = 4 * (2 * width + 2 * outer);
  expect(float.bytes).toBe(4 * 2 * outer * width + others);
  expect(held.bytes).toBe(2 * outer * width + others);
  expect(held.unused).toEqual(float.unused);
});

test.each(["F16", "BF16"] as const)(
  "%s weights are rounded from what they stand for",
  async (dtype) => {
    const half = numbers(outer * width, 1).map((x) =>
      dtype === "F16" ? toFloat16(x) : toBfloat16(x),
    );
    const own = await folder();
    const bytes = new Uint8Array(Uint16Array.from(half).buffer);
    await writeFile(
      join(own, "model.safetensors"),
      safetensors({ ...tensors, "a.weight": { dtype, shape: [outer, width], values: bytes } }),
    );
    const stored = await openSafetensors(own, "model.safetensors");
    const exact = await values(network(stored), rows);
    expect(error(await values(await inInt8(network, {}, stored), rows), exact)).toBeLessThan(0.01);
  },
);

test("a checkpoint's file of which all weights are in eight bits is declared as one of the graph's", async () => {
  const own = await folder();
  const path = join(own, "model.safetensors");
  await writeFile(path, safetensors({ "a.weight": tensors["a.weight"] }));
  const bare = (held: Weights) => {
    const g = graph("test", held);
    const x = g.input("x", "float32", ["rows", width]);
    return g.output("y", linear(g.at("a"), x, width, outer, { bias: false })).build();
  };
  const built = await inInt8(bare, {}, await openSafetensors(own, "model.safetensors"));
  await writeFile(path, "another");
  const changes = await Promise.all((built.files ?? []).map(changeOf));
  expect(changes).toContainEqual(expect.stringMatching(/^model\.safetensors has 7 bytes/));
});

describe("the store", () => {
  test("keeps one file for a checkpoint and its copies, and hears how far it has come", async () => {
    const store = new QuantizedStore({ folder: await newFolder() });
    const heard: LoadProgress[] = [];
    await inInt8(network, { store, heard });
    const total = 4 * 2 * outer * width;
    expect(heard.at(-1)).toEqual({ what: "weights in int8", done: total, total });
    heard.length = 0;
    await inInt8(network, { store, heard });
    expect(heard).toEqual([]);
    const copy = await folder();
    await copyFile(join(root, "model.safetensors"), join(copy, "model.safetensors"));
    await inInt8(network, { store }, await openSafetensors(copy, "model.safetensors"));
    const names = await readdir(store.folder);
    expect(names.filter((name) => name !== "index")).toHaveLength(1);
    expect(await readdir(join(store.folder, "index"))).toHaveLength(2);
  });

  test("makes a file anew that was removed, cut short or is of other weights", async () => {
    const store = new QuantizedStore({ folder: await newFolder() });
    const exact = await values(await inInt8(network, { store }), rows);
    const [name] = (await readdir(store.folder)).filter((each) => each !== "index");
    const path = join(store.folder, name!);
    await rm(path);
    expect(await values(await inInt8(network, { store }), rows)).toEqual(exact);
    await writeFile(path, "cut");
    expect(await values(await inInt8(network, { store }), rows)).toEqual(exact);
    const own = await folder();
    const other = { ...tensors, "a.weight": tensors["b.weight"] };
    await writeFile(join(own, "model.safetensors"), safetensors(other));
    await inInt8(network, { store }, await openSafetensors(own, "model.safetensors"));
    expect((await readdir(store.folder)).filter((each) => each !== "index")).toHaveLength(2);
  });

  test("several at once leave one file, and nothing half", async () => {
    const path = await newFolder();
    const stores = Array.from({ length: 4 }, () => new QuantizedStore({ folder: path }));
    const all = await Promise.all(stores.map((store) => inInt8(network, { store })));
    const [first, ...others] = await Promise.all(all.map((built) => values(built, rows)));
    for (const each of others) expect(each).toEqual(first);
    await inInt8(network, { store: stores[0]! });
    const declared = all.flatMap(({ files = [] }) => files);
    expect(await Promise.all(declared.map(changeOf))).toEqual(declared.map(() => undefined));
    expect((await readdir(path)).filter((each) => each !== "index")).toHaveLength(1);
  });

  test("an aborted load leaves nothing", async () => {
    const store = new QuantizedStore({ folder: await newFolder() });
    const signal = AbortSignal.abort();
    await expect(inInt8(network, { store, signal })).rejects.toMatchObject({ code: "ABORTED" });
    expect((await readdir(store.folder)).filter((each) => each !== "index")).toEqual([]);
  });

  test("removes what was used the longest ago beyond its bound, and what a killed process left", async () => {
    const path = await newFolder();
    await mkdir(path);
    const old = join(path, `${"a".repeat(64)}.safetensors`);
    const left = join(path, "0123456789abcdef.incomplete");
    const fresh = join(path, "fedcba9876543210.incomplete");
    for (const each of [old, left, fresh]) await writeFile(each, Buffer.alloc(1000));
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const each of [old, left]) await utimes(each, hourAgo, hourAgo);
    const store = new QuantizedStore({ folder: path, maxBytes: 2000 });
    await inInt8(network, { store });
    const names = await readdir(path);
    expect(names).not.toContain("0123456789abcdef.incomplete");
    expect(names).toContain("fedcba9876543210.incomplete");
    expect(names.filter((name) => name.endsWith(".safetensors"))).toHaveLength(1);
    await expect(stat(old)).rejects.toThrow();

    // A launch that finds its file looks after the folder, too.
    await writeFile(left, Buffer.alloc(1000));
    await utimes(left, hourAgo, hourAgo);
    await inInt8(network, { store });
    await expect(stat(left)).rejects.toThrow();
  });

  /** Weights whose `a.weight` no other has. */
  async function another(seed: number): Promise<Weights> {
    const own = await folder();
    const a = { shape: [outer, width], values: numbers(outer * width, seed) };
    await writeFile(join(own, "model.safetensors"), safetensors({ ...tensors, "a.weight": a }));
    return openSafetensors(own, "model.safetensors");
  }

  test("a file that a model is served from stays, whatever the bound, until the model is gone", async () => {
    const store = new QuantizedStore({ folder: await newFolder(), maxBytes: 1 });
    const held: Disposable[] = [];
    const built = await inInt8(network, { store, held });
    const again: Disposable[] = [];
    await inInt8(network, { store, held: again });
    const launchOther = async (seed: number) => {
      const own: Disposable[] = [];
      await inInt8(network, { store, held: own }, await another(seed));
      for (const each of own) each[Symbol.dispose]();
    };
    const changes = async () => (await Promise.all((built.files ?? []).map(changeOf))).join("");
    await launchOther(20);
    expect(await changes()).toBe("");
    for (const each of held) each[Symbol.dispose]();
    await launchOther(21);
    expect(await changes()).toBe("");
    for (const each of again) each[Symbol.dispose]();
    await launchOther(22);
    expect(await changes()).toMatch(/it is not there/);
  });

  test("removes nothing that is not its own, and what it cannot remove fails no launch", async () => {
    const path = await newFolder();
    const folderOfItsName = `${"b".repeat(64)}.safetensors`;
    for (const each of ["mine.safetensors", folderOfItsName]) {
      await mkdir(join(path, each), { recursive: true });
    }
    await writeFile(join(path, "theirs.safetensors"), Buffer.alloc(1000));
    const killed = join(path, "0123456789abcdef.incomplete.index");
    await writeFile(killed, "");
    await utimes(killed, 0, 0);
    const built = await inInt8(network, {
      store: new QuantizedStore({ folder: path, maxBytes: 1 }),
    });
    expect((await values(built, rows)).flat()).toHaveLength(rows.length * outer);
    const found = (await readdir(path)).filter((each) => each !== "index");
    const kept = ["mine.safetensors", "theirs.safetensors", folderOfItsName];
    expect(found).toEqual(expect.arrayContaining(kept));
    expect(found).toHaveLength(kept.length + 1);
  });

  test("makes a file anew whose first bytes are not what they were", async () => {
    const store = new QuantizedStore({ folder: await newFolder() });
    const exact = await values(await inInt8(network, { store }), rows);
    const [name] = (await readdir(store.folder)).filter((each) => each !== "index");
    const path = join(store.folder, name!);
    await writeFile(path, Buffer.alloc((await stat(path)).size));
    expect(await values(await inInt8(network, { store }), rows)).toEqual(exact);
  });

  test("a weight that is not finite, and a folder that cannot be written, say so", async () => {
    const own = await folder();
    const broken = numbers(outer * width, 1).with(width + 3, NaN);
    await writeFile(
      join(own, "model.safetensors"),
      safetensors({ ...tensors, "a.weight": { shape: [outer, width], values: broken } }),
    );
    const stored = await openSafetensors(own, "model.safetensors");
    await expect(inInt8(network, {}, stored)).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(
        /"a\.weight" is not of finite numbers: row 1 has NaN\. Launch it with precision float32/,
      ),
    });
    const file = await newFolder();
    await writeFile(file, "a file");
    const store = new QuantizedStore({ folder: join(file, "below") });
    await expect(inInt8(network, { store })).rejects.toMatchObject({ code: "LOAD_FAILED" });
  });

  test("a checkpoint that changes afterwards is rounded anew", async () => {
    const store = new QuantizedStore({ folder: await newFolder() });
    const own = await folder();
    const path = join(own, "model.safetensors");
    await writeFile(path, safetensors(tensors));
    await inInt8(network, { store }, await openSafetensors(own, "model.safetensors"));
    await writeFile(join(own, "new"), safetensors({ ...tensors, "a.weight": tensors["b.weight"] }));
    await rename(join(own, "new"), path);
    const changed = await openSafetensors(own, "model.safetensors");
    const exact = await values(network(changed), rows);
    expect(
      error(await values(await inInt8(network, { store }, changed), rows), exact),
    ).toBeLessThan(0.01);
  });
});

/** The bits of a number in half precision, cut rather than rounded: none here is tiny or huge. */
function toFloat16(value: number): number {
  const [bits = 0] = new Uint32Array(Float32Array.of(value).buffer);
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  if (exponent <= 0) return 0;
  return ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

function toBfloat16(value: number): number {
  const [bits = 0] = new Uint32Array(Float32Array.of(value).buffer);
  return bits >>> 16;
}
