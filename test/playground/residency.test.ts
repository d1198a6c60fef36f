import { expect, test } from "vitest";
import type { Model } from "../../packages/server-koa/playground/api/models.js";
import { isMoving, residencyOf } from "../../packages/server-koa/playground/models/residency.js";
import { shownTime } from "../../packages/server-koa/playground/shown-time.js";

const closed: Model = { id: "bge", state: "ready", graphs: [], keepAlive: 300 };
const working: Model = {
  ...closed,
  graphs: [{ name: "bert", open: true, bytes: 1e6, workspaceBytes: 0 }],
  memory: { leased: 1.2e9, needed: 1.3e9 },
};
const open: Model = { ...working, idle: 10 };

const told: readonly (readonly [Model, word: string, next: string])[] = [
  [{ id: "bge", state: "loading" }, "Loading", ""],
  [{ id: "bge", state: "failed", reason: "No." }, "Cannot be served", ""],
  [closed, "Not in memory", "The next request opens it."],
  [open, "In memory, 1.2 GB", "It closes in 5 min without a request."],
  [{ ...open, idle: 290 }, "In memory, 1.2 GB", "It closes in 10 sec without a request."],
  [{ ...open, keepAlive: Infinity }, "In memory, 1.2 GB", "It stays: it is pinned."],
  [
    { ...working, waiting: 3 },
    "In memory, 1.2 GB, 3 waiting",
    "It is at work, and closes 5 min after that.",
  ],
  [
    { ...open, onDemand: true },
    "In memory, 1.2 GB",
    "A request launched it. It is unloaded in 5 min without a request.",
  ],
];

test.each(told)("%j is told in words", (model, word, next) => {
  expect(residencyOf(model)).toMatchObject({ word, next });
});

test("a model moves while it loads, works, or closes within a minute", () => {
  expect(isMoving({ id: "bge", state: "loading" })).toBe(true);
  expect(isMoving(working)).toBe(true);
  expect(isMoving({ ...open, waiting: 1 })).toBe(true);
  expect(isMoving({ ...open, idle: 250 })).toBe(true);
  expect(isMoving(open)).toBe(false);
  expect(isMoving({ ...open, keepAlive: Infinity, idle: 9_000 })).toBe(false);
  expect(isMoving({ id: "bge", state: "failed" })).toBe(false);
});

test.each([
  [0, "0 sec"],
  [41.2, "42 sec"],
  [60, "1 min"],
  [299, "5 min"],
  [7_200, "2 hr"],
])("%d seconds are %s", (seconds, words) => {
  expect(shownTime(seconds)).toBe(words);
});
