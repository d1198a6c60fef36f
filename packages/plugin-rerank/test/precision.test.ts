import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, provide } from "@kindred/core";
import { QuantizedStore, quantizedStore } from "@kindred/core/precision";
import { rerank, rerankTask } from "@kindred/plugin-rerank";
import { expect, test } from "vitest";
import { fixture } from "./fixture.ts";

test("every precision scores pairs near float32's, and the model says which it is", async () => {
  const rounded = ["weight-int8", "int8", "weight-int4"];
  const name = "bert-tiny";
  await using folder = await fixture(name);
  const store = new QuantizedStore({ folder: await mkdtemp(join(tmpdir(), "kindred-int8-")) });
  await using kernel = await createKernel({
    plugins: [rerank()],
    models: [undefined, ...rounded].map((precision) => ({
      id: precision ?? "float32",
      source: folder.path,
      options: { precision },
    })),
    provides: [provide(quantizedStore, () => store)],
  });
  const plans = ["float32", "int8"].map((precision) =>
    kernel.plan({ id: "planned", source: folder.path, options: { precision } }),
  );
  const [large, small] = (await Promise.all(plans)).map(({ leastBytes }) => leastBytes);
  expect(small).toBe(Math.floor(large! / 4));
  const documents = ["a red fox", "the sea at night", "fox ".repeat(30)];
  const score = async (id: string) =>
    (await kernel.run(rerankTask, id, { query: "foxes", documents })).results
      .toSorted((one, other) => one.index - other.index)
      .map((each) => each.score);
  const exact = await score("float32");
  for (const [i, precision] of rounded.entries()) {
    const found = await score(precision);
    for (const [j, each] of found.entries())
      expect(Math.abs(each - exact[j]!)).toBeLessThan([0.002, 0.02, 0.05][i]!);
    expect(found).not.toEqual(exact);
  }
  const told = kernel.models().map(({ info }) => info!["precision"]);
  expect(told).toEqual(["float32", ...rounded]);
});
