import { expect, test } from "vitest";
import { Bucket } from "../../src/limits/bucket.ts";

test("a minute's worth may be taken at once, and comes back evenly", () => {
  const bucket = new Bucket(60, 0);
  for (let i = 0; i < 60; i++) {
    expect(bucket.untilOne(0)).toBe(0);
    bucket.take(1, 0);
  }
  expect([bucket.left(0), bucket.untilOne(0), bucket.untilFull(0)]).toEqual([0, 1_000, 60_000]);
  expect(bucket.left(500)).toBeCloseTo(0.5, 9);
  expect(bucket.untilOne(500)).toBe(500);
  expect(bucket.untilOne(1_000)).toBe(0);
  expect(bucket.left(30_000)).toBeCloseTo(30, 9);
  expect(bucket.left(600_000)).toBe(60);
});

test("more than is left makes a debt, which is waited for", () => {
  const bucket = new Bucket(600, 0);
  bucket.take(1_500, 0);
  expect(bucket.left(0)).toBe(-900);
  // 901 at 10 a second.
  expect(bucket.untilOne(0)).toBe(90_100);
  expect(bucket.untilOne(90_100)).toBe(0);
  expect(bucket.untilFull(0)).toBe(150_000);
});

test("whoever comes when it was told to is served, whatever the number", () => {
  for (const perMinute of [1, 3, 7, 61, 997, 1_000_003]) {
    const bucket = new Bucket(perMinute, 0);
    let now = 0;
    for (let i = 0; i < 1_000; i++) {
      now += Math.ceil(bucket.untilOne(now));
      expect(bucket.untilOne(now)).toBe(0);
      bucket.take(Math.min(perMinute, 1 + (i % 5)), now);
    }
  }
});

test("over a long time no more is taken than its rate and one minute's worth", () => {
  const bucket = new Bucket(100, 0);
  let taken = 0;
  for (let now = 0; now < 600_000; now += 7) {
    if (bucket.untilOne(now) > 0) continue;
    bucket.take(1, now);
    taken++;
  }
  expect(taken).toBeGreaterThanOrEqual(1_090);
  expect(taken).toBeLessThanOrEqual(1_101);
});

test("another size keeps what is left, as far as there is room, and a debt", () => {
  const bucket = new Bucket(100, 0);
  bucket.take(90, 0);
  bucket.resize(1_000, 0);
  expect(bucket.left(0)).toBeCloseTo(10, 9);
  bucket.resize(5, 0);
  expect(bucket.left(0)).toBe(5);
  bucket.take(9, 0);
  bucket.resize(50, 0);
  expect(bucket.left(0)).toBeCloseTo(-4, 9);
});
