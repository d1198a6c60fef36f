import { expect, test } from "vitest";
import { echoes } from "../src/echo.ts";

const npm = { npm_lifecycle_script: "node tools/kindred.mjs serve" };

test("without npm, no signal is an echo", () => {
  const isEcho = echoes({ npm_lifecycle_script: "vitest run" });
  expect([0, 1, 2].map(isEcho)).toEqual([false, false, false]);
});

test("under npm one signal within half a second after the first is its echo, and a third is none", () => {
  const isEcho = echoes(npm);
  expect([0, 500, 501].map(isEcho)).toEqual([false, true, false]);
});

test("under npm a second signal counts after half a second", () => {
  const isEcho = echoes(npm);
  expect([0, 501].map(isEcho)).toEqual([false, false]);
});
