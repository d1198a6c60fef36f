import { expect, test } from "vitest";
import { EventQueue } from "../../src/answer/event-queue.ts";

test("a queue drops the oldest beyond its bound", () => {
  const queue = new EventQueue<number>(2);
  for (const item of [1, 2, 3]) queue.put(item);
  expect([queue.take(), queue.take(), queue.take()]).toEqual([2, 3, undefined]);
});

test("a queue keeps the newest item of a kind", () => {
  const queue = new EventQueue<string>(8);
  queue.putNewest("place", "third");
  queue.put("a letter");
  queue.putNewest("place", "second");
  expect([queue.take(), queue.take(), queue.take()]).toEqual(["a letter", "second", undefined]);
});

test("waiting ends with an item, with the close, or with false when nothing comes", async () => {
  const queue = new EventQueue<number>(2);
  expect(await queue.wait(1)).toBe(false);
  const item = queue.wait(60_000);
  queue.put(1);
  expect(await item).toBe(true);
  queue.take();
  const end = queue.wait(60_000);
  queue.close();
  expect(await end).toBe(true);
});
