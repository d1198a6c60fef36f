import { expect, test } from "vitest";
import { tilesOf } from "../../src/tiles/tiles.ts";
import type { Stretch, TileOptions } from "../../src/tiles/tiles.ts";

const options: TileOptions = { side: 64, overlap: 8, multiple: 1 };

/** The stretches of a side of this length. */
const stretches = (length: number, change: Partial<TileOptions> = {}): readonly Stretch[] =>
  tilesOf({ width: length, height: 1 }, { ...options, ...change }).columns;

test("a picture that a run sees at once is one tile, as large as it is", () => {
  expect(tilesOf({ width: 64, height: 3 }, options)).toEqual({
    columns: [{ start: 0, length: 64, from: 0, full: 0, end: 64, own: { start: 0, end: 64 } }],
    rows: [{ start: 0, length: 3, from: 0, full: 0, end: 3, own: { start: 0, end: 3 } }],
  });
});

test.each([1, 2, 4])(
  "tiles of a multiple of %i cover any side, see around what they keep, and are as long",
  (multiple) => {
    for (let length = 1; length <= 500; length++) {
      const found = stretches(length, { multiple });
      expect(new Set(found.map((each) => each.length)).size).toBe(1);
      for (const [i, { start, length: seen, from, full, end, own }] of found.entries()) {
        expect(seen).toBeLessThanOrEqual(64);
        expect([start % multiple, seen % multiple]).toEqual([0, 0]);
        expect(end).toBeGreaterThan(from);
        const before = found[i - 1];
        if (!before) {
          expect([start, from, full]).toEqual([0, 0, 0]);
          continue;
        }
        // Both see 8 pixels at least beyond the middle, and fade over the half of what they share.
        expect(before.end).toBe(full);
        expect(before.start + seen - start).toBeGreaterThanOrEqual(16);
        expect(from - start).toBeGreaterThanOrEqual(4);
        expect(before.start + seen - full).toBeGreaterThanOrEqual(4);
        expect(full).toBeGreaterThan(from);
        // What each has alone begins where the one before ends, and both see 8 pixels beyond it.
        expect(own.start).toBe(before.own.end);
        expect(own.start - start).toBeGreaterThanOrEqual(8);
        expect(before.start + seen - own.start).toBeGreaterThanOrEqual(8);
      }
      expect(found[0]!.own.start).toBe(0);
      const { start, length: seen, end, own } = found.at(-1)!;
      expect(own.end).toBe(length);
      expect(end).toBe(length);
      expect(start + seen - length).toBeLessThan(multiple);
      expect(start + seen).toBeGreaterThanOrEqual(length);
    }
  },
);

test("there are no more tiles than needed, and none sees more than needed", () => {
  expect(stretches(64)).toHaveLength(1);
  expect(stretches(65).map(({ length }) => length)).toEqual([41, 41]);
  expect(stretches(112)).toHaveLength(2);
  expect(stretches(113)).toHaveLength(3);
});
