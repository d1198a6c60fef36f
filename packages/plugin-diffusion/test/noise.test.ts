import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generator } from "../src/noise/generator.ts";

const golden = JSON.parse(readFileSync(new URL("golden/noise.json", import.meta.url), "utf8")) as {
  readonly seeds: readonly { readonly seed: string; readonly values: readonly number[] }[];
  readonly sizes: readonly {
    readonly size: number;
    readonly values?: readonly number[];
    readonly head: readonly number[];
    readonly tail: readonly number[];
    readonly sum: number;
    readonly ordered: number;
  }[];
  readonly mixed: readonly (readonly number[])[];
};

const tolerance = 1e-6;

function deviation(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!)));
}

test.each(golden.seeds)("seed $seed gives torch's values", ({ seed, values }) => {
  expect(deviation(generator(BigInt(seed)).normal(values.length), values)).toBeLessThan(tolerance);
});

test("a seed given as a number is the same seed", () => {
  expect(generator(42).normal(64)).toEqual(generator(42n).normal(64));
  expect(generator(-5).normal(64)).toEqual(generator(-5n).normal(64));
});

test.each(golden.sizes)(
  "$size values are torch's",
  ({ size, values, head, tail, sum, ordered }) => {
    const actual = generator(7).normal(size);
    if (values) return expect(deviation(actual, values)).toBeLessThan(tolerance);
    expect(deviation(actual.subarray(0, 16), head)).toBeLessThan(tolerance);
    expect(deviation(actual.subarray(-16), tail)).toBeLessThan(tolerance);
    expect(Math.abs(actual.reduce((total, value) => total + value, 0) - sum)).toBeLessThan(1e-4);
    const weighed = actual.reduce((total, value, i) => total + value * (i + 1), 0) / size;
    expect(Math.abs(weighed - ordered)).toBeLessThan(1e-4);
  },
);

test("draws of several sizes continue one stream", () => {
  const stream = generator(42);
  for (const values of golden.mixed)
    expect(deviation(stream.normal(values.length), values)).toBeLessThan(tolerance);
});

test("another seed gives other noise, and so does one value drawn before", () => {
  const values = golden.seeds[2]!.values;
  expect(deviation(generator(43).normal(values.length), values)).toBeGreaterThan(10 * tolerance);
  const shifted = generator(42);
  shifted.normal(1);
  expect(deviation(shifted.normal(values.length), values)).toBeGreaterThan(10 * tolerance);
});
