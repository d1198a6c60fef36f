import { expect, test } from "vitest";
import type { Conditions } from "../src/conditions.ts";
import type { Pictures } from "../src/task.ts";
import { drawWith, standInDenoiser, standInModel } from "./stand-in-model.ts";

async function draw(bytes: number): Promise<{ rows: readonly number[]; drawn: Pictures }> {
  const heard: Conditions[] = [];
  const device = { id: "cpu", provider: "cpu", bytes, threads: 1 };
  const drawn = await drawWith(standInModel({ device, denoiser: standInDenoiser(heard) }));
  return { rows: heard.map(({ text }) => text!.dims[0]!), drawn };
}

test("guidance is a batch of two where the device holds it, else two runs, with the same picture", async () => {
  const together = await draw(300);
  const apart = await draw(299);
  expect([together.rows, apart.rows]).toEqual([
    [2, 2],
    [1, 1, 1, 1],
  ]);
  expect(apart.drawn).toEqual(together.drawn);
});

test("a picture that does not fit in two runs either is refused", async () => {
  await expect(draw(199)).rejects.toMatchObject({ code: "INVALID_INPUT", param: "width" });
});
