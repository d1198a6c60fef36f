import { inWireNames } from "@kindred/core";
import { expect, test } from "vitest";
import { generations as generationsWith } from "../src/endpoints/generations.ts";
import type { Size } from "../src/task.ts";
import { createScheduler } from "../src/schedulers/create.ts";
import type { SamplingRequest } from "../src/schedulers/scheduler.ts";
import { uploadDefaults } from "../src/picture/upload-limits.ts";
import { drawWith, standInModel } from "./stand-in-model.ts";

const generations = generationsWith(uploadDefaults);

/** The fields at fault, as the task and as a client calls them, and the size that the message offers. */
async function refusal(size: Size, multiple: number): Promise<readonly unknown[]> {
  const model = standInModel({ multiple });
  const error: any = await drawWith(model, size).catch((reason: unknown) => reason);
  const wire: any = inWireNames(error, generations);
  const [, width, height] = /Nearest: "(\d+)x(\d+)"/.exec(error.message) ?? [];
  const nearest = { width: Number(width), height: Number(height) };
  expect(error.message).toContain(`must be divisible by ${multiple}, `);
  return [error.code, error.param, wire.param, nearest];
}

test.each([
  [{ width: 96, height: 100 }, 8, "height", { width: 96, height: 104 }],
  [{ width: 72, height: 96 }, 16, "width", { width: 80, height: 96 }],
  [{ width: 3, height: 3 }, 8, "width", { width: 8, height: 8 }],
  [{ width: 0, height: 64 }, 8, "width", { width: 8, height: 64 }],
  [{ width: Number.NaN, height: 64 }, 8, "width", { width: 8, height: 64 }],
])(
  "a picture of %j is refused by a model of multiples of %i",
  async (size, multiple, side, near) => {
    expect(await refusal(size, multiple)).toEqual(["INVALID_INPUT", side, "size", near]);
  },
);

test.each([8, 16])(
  "the size that a model of multiples of %i offers is one that a client can send",
  async (multiple) => {
    const [, , , nearest] = await refusal({ width: 99_999, height: 99_999 }, multiple);
    const { width, height } = nearest as Size;
    expect([width % multiple, height % multiple]).toEqual([0, 0]);
    const body = { prompt: "", size: `${width}x${height}` };
    expect(await generations.body["~standard"].validate(body)).not.toHaveProperty("issues");
  },
);

test("a model that draws its own size alone draws a multiple", async () => {
  const model = standInModel({ multiple: 16, only: { width: 80, height: 80 } });
  const { drawn } = await drawWith(model, { width: 128, height: 96 });
  expect(drawn).toEqual({ width: 96, height: 64 });
});

test("a schedule is told the latent's size", async () => {
  const heard: SamplingRequest[] = [];
  const scheduler = createScheduler({ _class_name: "DDIMScheduler" });
  const model = standInModel({
    scheduler: () => ({
      ...scheduler,
      schedule(request) {
        heard.push(request);
        return scheduler.schedule(request);
      },
    }),
  });
  await drawWith(model, { width: 32, height: 64, count: 2 });
  expect(heard).toEqual([{ steps: 2, size: { channels: 1, width: 4, height: 8 } }]);
});
