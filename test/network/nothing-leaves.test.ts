import { describe, expect, test } from "vitest";
import { isolated, way } from "./isolated.ts";

/** onnxruntime 1.30 on Linux first reported 9 seconds after a graph was opened. */
const idleSeconds = 20;

describe.skipIf(!way)("a server without a way out", () => {
  test("starts, embeds and draws, and asks nobody", async () => {
    expect(await isolated({ idleSeconds })).toEqual({
      dimensions: 384,
      pictureBytes: expect.any(Number),
      attempts: 0,
    });
  });

  test.each(["asks-an-address", "asks-a-name"])("is found out when it %s", async (name) => {
    expect((await isolated({ imports: [`${name}.mjs`] })).attempts).toBeGreaterThan(0);
  });

  test.skipIf(!process.env["KINDRED_FULL"])(
    "is found out when it lets onnxruntime report to its makers",
    async () => {
      const { attempts } = await isolated({
        imports: ["lets-onnxruntime-report.mjs"],
        idleSeconds,
      });
      expect(attempts).toBeGreaterThan(0);
    },
  );
});
