import { expect, test } from "vitest";
import { rotate, rotation } from "@kindred/core/onnx";
import { evaluate } from "./run.ts";

const [heads, size, theta] = [2, 4, 100];
const tokens = Array.from({ length: 3 }, (_, token) =>
  Array.from({ length: heads * size }, (_, i) => Math.sin(token * 8 + i)),
);

/** The formula: number i of a head and number i + size/2 turn together. */
function turned(token: readonly number[], position: number): number[] {
  return token.map((value, i) => {
    const place = i % size;
    const half = size / 2;
    const angle = position * theta ** ((-2 * (place % half)) / size);
    const other = place < half ? -token[i + half]! : token[i - half]!;
    return value * Math.cos(angle) + other * Math.sin(angle);
  });
}

function rotated(batch: number): Promise<{ values: number[]; dims: readonly number[] }> {
  const values = Array.from({ length: batch }, () => tokens.flat()).flat();
  return evaluate({}, { x: { dims: [batch, 3, heads * size], values } }, (g, { x }) => {
    const positions = g.node("Gather", [g.node("Shape", [x!]), g.int64([1], [])]);
    return rotate(g, x!, rotation(g, positions, { size, theta }));
  });
}

test("each head's pairs turn by their position, and the first token stays as it is", async () => {
  const { values, dims } = await rotated(1);
  expect(dims).toEqual([1, 3, heads * size]);
  const expected = tokens.flatMap((token, position) => turned(token, position));
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 6);
  expect(values.slice(0, heads * size)).toEqual(tokens[0]!.map(Math.fround));
});

test("the texts of a batch turn alike", async () => {
  const [one, two] = [await rotated(1), await rotated(2)];
  expect(two.values).toEqual([...one.values, ...one.values]);
});

test("far positions turn by the angle that float32 gives, as torch has it", async () => {
  const last = 32_767;
  const { values } = await evaluate(
    {},
    { n: { type: "int64", dims: [], values: [last + 1] } },
    (g, { n }) =>
      g.node("Gather", [rotation(g, n!, { size: 128, theta: 1e6 }).cos, g.int64([last])]),
  );
  // torch.cos(torch.tensor(32767.) * (1 / 1e6 ** (torch.arange(0, 128, 2) / 128)))[[0, 1, 2, 40, 63]]
  const torch = [0.98226333, -0.99848771, -0.96049529, 0.89769018, 0.9991734];
  [0, 1, 2, 40, 63].forEach((pair, i) => expect(values[pair]).toBeCloseTo(torch[i]!, 6));
});
