import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mapInSlices, TimeSlice } from "@kindred/core";

let clock = 0;
beforeEach(() => {
  vi.spyOn(performance, "now").mockImplementation(() => clock);
});
afterEach(() => vi.restoreAllMocks());

/** Work that takes so long. */
function takes(milliseconds: number): void {
  clock += milliseconds;
}

/** Counts turns of the event loop until it is asked. */
function countTurns(): () => number {
  let turns = 0;
  let timer = setImmediate(function again() {
    turns++;
    timer = setImmediate(again);
  });
  return () => (clearImmediate(timer), turns);
}

test("a time slice is over after 5 ms, and the next one begins after a turn of the event loop", async () => {
  const slice = new TimeSlice();
  takes(4.9);
  expect(slice.isOver).toBe(false);
  takes(0.1);
  expect(slice.isOver).toBe(true);
  const turns = countTurns();
  await slice.next();
  expect(slice.isOver).toBe(false);
  expect(turns()).toBeGreaterThan(0);
});

test("a time slice whose signal has aborted has no next one", async () => {
  const abort = new AbortController();
  const slice = new TimeSlice(abort.signal);
  await slice.next();
  setImmediate(() => abort.abort());
  await expect(slice.next()).rejects.toMatchObject({ code: "ABORTED" });
});

test("items are mapped in order, and the event loop turns every 5 ms of it", async () => {
  const turns = countTurns();
  const work = (item: number, index: number) => (takes(1), `${item} at ${index}`);
  const items = Array.from({ length: 30 }, (_, i) => 2 * i);
  const results = await mapInSlices(items, work);
  expect(turns()).toBe(6);
  expect(results).toEqual(items.map((item, index) => `${item} at ${index}`));
});

test("items of little work are mapped in one slice", async () => {
  const turns = countTurns();
  expect(await mapInSlices([1, 2, 3], (item) => item + 1)).toEqual([2, 3, 4]);
  expect(turns()).toBe(0);
});

test("mapping stops between two slices when the signal aborts", async () => {
  const abort = new AbortController();
  const mapped: number[] = [];
  const work = (item: number) => {
    takes(5);
    mapped.push(item);
    setImmediate(() => abort.abort());
  };
  const mapping = mapInSlices([1, 2, 3], work, abort.signal);
  await expect(mapping).rejects.toMatchObject({ code: "ABORTED" });
  expect(mapped).toEqual([1]);
});
