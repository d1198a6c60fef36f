import { expect, test } from "vitest";
import { PicturesInHand } from "../../src/limits/pictures-in-hand.ts";

test("when pictures will have left follows from how fast others did", () => {
  const pictures = new PicturesInHand();
  pictures.add(2, 0);
  pictures.add(1, 1_000);
  expect(pictures.untilGone(3)).toBe(3_000);
  pictures.remove(2, 10_000);
  expect([pictures.count, pictures.untilGone(1)]).toEqual([1, 5_000]);
  pictures.remove(1, 20_000);
  expect([pictures.count, pictures.untilGone(1)]).toEqual([0, 6_000]);
});

test("a time without pictures counts for nothing", () => {
  const pictures = new PicturesInHand();
  pictures.add(1, 0);
  pictures.remove(1, 4_000);
  pictures.add(1, 1_000_000);
  pictures.remove(1, 1_004_000);
  expect(pictures.untilGone(1)).toBe(4_000);
});
