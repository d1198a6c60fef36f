import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { add, graph, openPytorch, readTensor } from "@kindred/core/onnx";
import { run } from "./run.ts";

const fixtures = join(import.meta.dirname, "../fixtures/pytorch");

type Recorded = readonly [dtype: string, shape: readonly number[], hex: string];

/** What torch.load reads of the files, by tools/reference/pytorch.py. */
const recorded: Readonly<Record<string, Readonly<Record<string, Recorded>>>> = JSON.parse(
  readFileSync(join(fixtures, "tensors.json"), "utf8"),
);

test.each(Object.keys(recorded))("%s.bin has the tensors that torch.load reads", async (name) => {
  const weights = await openPytorch(fixtures, `${name}.bin`);
  expect(weights.folder).toBe(fixtures);
  const read = weights.names.map(async (each) => {
    const tensor = weights.get(each)!;
    expect(tensor.location).toBe(`${name}.bin`);
    const bytes = await readTensor(weights.folder, tensor, 1000);
    return [each, [tensor.dtype, tensor.shape, bytes.toString("hex")]] as const;
  });
  expect(new Map(await Promise.all(read))).toEqual(new Map(Object.entries(recorded[name]!)));
});

test("tensors that share a storage lie at the same bytes", async () => {
  const weights = await openPytorch(fixtures, "views.bin");
  const [table, tied, row] = ["table", "tied", "row"].map((name) => weights.get(name)!);
  expect(tied).toEqual(table);
  expect(row!.offset).toBe(table!.offset + 2 * 3 * 4);
});

test("a graph maps the tensors, and computes with those of 16 bits", async () => {
  const weights = await openPytorch(fixtures, "types.bin");
  const g = graph("test", weights);
  const sum = ["F16", "BF16"].reduce(
    (value, name) => add(g, value, g.weight(name, [3])),
    g.weight("F32", [3]),
  );
  g.output("y", sum);
  expect((await run(g.build(), {})).values).toEqual([0, 3, 6]);
});

test("notes of PyTorch Lightning beside the tensors are not kept", async () => {
  const bytes = readFileSync(join(fixtures, "lightning.bin"));
  expect(bytes.includes("numpy._core.multiarray\nscalar\n")).toBe(true);
  expect(bytes.includes("ModelCheckpoint")).toBe(true);
  expect((await openPytorch(fixtures, "lightning.bin")).names).toEqual(["weight"]);
});
