import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { expect, test } from "vitest";
import { jsonBody, jsonSlices } from "../../src/answer/write-json.ts";

/** The JSON of a value, which is the same as a body and in slices. */
async function written(value: unknown): Promise<string> {
  const body = jsonBody(value);
  const text = typeof body === "string" ? body : await readText(body);
  expect(await readText(Readable.from(jsonSlices(value)))).toBe(text);
  return text;
}

/** A small generator of reproducible random numbers. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

const strings = [
  "",
  "plain",
  'quo"te',
  "back\\slash",
  "\u0000\n\u2028",
  "漢字",
  "🦜",
  "\ud83e",
  "__proto__",
];
const numbers = [0, -0, 1e21, -1.5e-7, 0.1, Number.MAX_SAFE_INTEGER, 5e-324, Number.NaN, Infinity];

function structure(next: () => number, depth: number): unknown {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const kind = Math.floor(next() * (depth > 0 ? 8 : 5));
  if (kind === 0) return pick(strings);
  if (kind === 1) return pick(numbers);
  if (kind === 2) return pick([true, false, null, undefined]);
  if (kind === 3) return pick([new Date(0), () => 1, Symbol("s")]);
  if (kind === 4) return next() * 10 ** Math.floor(next() * 40 - 20);
  const children = Array.from({ length: Math.floor(next() * 6) }, () => structure(next, depth - 1));
  if (kind === 5) return children;
  return Object.fromEntries(children.map((child, index) => [pick(strings) + index, child]));
}

test("random structures are written as JSON.stringify writes them", async () => {
  const next = random(7);
  for (let round = 0; round < 500; round++) {
    const value = [structure(next, 5)];
    expect(await written(value)).toBe(JSON.stringify(value));
  }
});

test("typed arrays stand for arrays of numbers, exactly", async () => {
  const next = random(11);
  const vectors = Array.from({ length: 40 }, () =>
    Float32Array.from({ length: 1_024 }, () => next() - 0.5),
  );
  const edge = Float32Array.of(0, -0, 1e-30, 3.4e38, 0.1, 16_777_216);
  const value = [
    ...vectors,
    edge,
    new Uint8Array(5_000),
    Int32Array.of(-1),
    Buffer.from("ab"),
    new Float64Array(0),
  ];
  const plain = value.map((array) => Array.from(array));
  const text = await written({ value });
  expect(text).toBe(JSON.stringify({ value: plain }));
  expect(await written([edge, Buffer.from("ab"), new DataView(new ArrayBuffer(2))])).toBe(
    JSON.stringify([Array.from(edge), [97, 98], {}]),
  );
  expect(Float32Array.from(JSON.parse(text).value[3])).toEqual(vectors[3]);
});

test("a long string is written in slices and never cuts a surrogate pair", async () => {
  for (const value of [
    "a".repeat(300_000),
    "🦜".repeat(100_000),
    `x${"🦜".repeat(100_000)}`,
    "\n".repeat(100_000),
  ]) {
    expect(await written({ value })).toBe(JSON.stringify({ value }));
  }
});

test("a short reply is text, a long one a stream whose slices are short", async () => {
  expect(jsonBody({ short: true })).toBe('{"short":true}');
  const long = jsonBody({
    rows: Array.from({ length: 300 }, () => new Float32Array(1_024).fill(1 / 3)),
  });
  expect(long).toBeInstanceOf(Readable);
  const lengths: number[] = [];
  for await (const slice of jsonSlices({ rows: [new Float32Array(500_000).fill(1 / 3)] }))
    lengths.push(slice.length);
  expect(Math.max(...lengths)).toBeLessThan(150_000);
});

test("the loop turns between the slices of a long reply", async () => {
  let turns = 0;
  let writing = true;
  const count = (): void => {
    turns += 1;
    if (writing) setImmediate(count);
  };
  setImmediate(count);
  let slices = 0;
  for await (const _ of jsonSlices(new Float32Array(500_000).fill(1 / 3))) slices += 1;
  writing = false;
  expect(slices).toBeGreaterThan(50);
  expect(turns).toBeGreaterThanOrEqual(slices - 1);
});

test("undefined is null, and a bigint is a TypeError", async () => {
  expect(jsonBody(undefined)).toBe("null");
  expect(() => jsonBody({ big: 1n })).toThrow(TypeError);
});
