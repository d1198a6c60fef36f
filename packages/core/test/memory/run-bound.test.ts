import { expect, test } from "vitest";
import { RunBound } from "../../src/memory/run-bound.ts";

const minutes = 60_000;

test("a launch fixes how long a run may take, whatever runs took before", () => {
  const bound = new RunBound(5_000);
  bound.learn(40_000, 100);
  expect(bound.of(100)).toBe(5_000);
});

test("the first run may take ten minutes", () => {
  expect(new RunBound(undefined).of(1e9)).toBe(10 * minutes);
});

test("a run may take twenty times as long as the longest so far, and a minute at least", () => {
  const bound = new RunBound(undefined);
  bound.learn(5, 100);
  expect(bound.of(100)).toBe(minutes);
  bound.learn(20_000, 100);
  bound.learn(10, 100);
  expect(bound.of(100)).toBe(400_000);
});

test("a run of more activations may take longer in proportion, one of fewer no less", () => {
  const bound = new RunBound(undefined);
  bound.learn(6_000, 100);
  expect(bound.of(1_000)).toBe(1_200_000);
  expect(bound.of(1)).toBe(120_000);
});

test("a graph that states no workspace has ten minutes at least: a small run says nothing of a large one", () => {
  const bound = new RunBound(undefined);
  bound.learn(5, 0);
  expect(bound.of(0)).toBe(10 * minutes);
  bound.learn(minutes, 0);
  expect(bound.of(0)).toBe(20 * minutes);
});
