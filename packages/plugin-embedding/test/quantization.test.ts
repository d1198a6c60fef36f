import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quantized } from "../src/quantization/quantized.ts";
import { unitRanges } from "../src/quantization/ranges.ts";
import type { Ranges } from "../src/quantization/ranges.ts";
import { read, unpack } from "./golden.ts";
import { served } from "./served.ts";
import type { Served } from "./served.ts";

type Numbers = readonly (readonly number[])[];
type Ranged = { readonly ranges: Ranges; readonly int8: Numbers; readonly uint8: Numbers };

const golden = read("golden/quantization.json");
const vectors: readonly Float32Array[] = golden.vectors.map(unpack);
const ranged: Readonly<Record<string, Ranged>> = golden.ranged;

describe("numbers are those of sentence-transformers' quantize_embeddings", () => {
  test.each(Object.entries(ranged))("with the ranges %s", (_, { ranges, int8, uint8 }) => {
    expect(vectors.map((each) => quantized(each, "int8", ranges))).toEqual(int8.map(asInt8));
    expect(vectors.map((each) => quantized(each, "uint8", ranges))).toEqual(uint8.map(asUint8));
  });

  test("which for vectors of unit length are 127 times their own, rounded", () => {
    const ends = Float32Array.of(1, -1, 0, 0.0039, 0.004, -0.0039, -0.004, 0.5);
    expect(quantized(ends, "int8", unitRanges)).toEqual(
      Int8Array.of(127, -127, 0, 0, 1, 0, -1, 64),
    );
    expect(quantized(ends, "uint8", unitRanges)).toEqual(
      Uint8Array.of(255, 1, 128, 128, 129, 128, 127, 192),
    );
  });

  test("in bits", () => {
    const { binary, ubinary } = golden.binary;
    expect(vectors.map((each) => quantized(each, "binary", undefined))).toEqual(binary.map(asInt8));
    expect(vectors.map((each) => quantized(each, "ubinary", undefined))).toEqual(
      ubinary.map(asUint8),
    );
  });

  test("and would not be with ranges that are a thousandth wider", () => {
    const { int8 } = ranged["lists"]!;
    const wider = ranged["lists"]!.ranges.map((each) => [each].flat().map((x) => x * 1.001));
    expect(vectors.map((each) => quantized(each, "int8", wider as any))).not.toEqual(
      int8.map(asInt8),
    );
  });
});

function asInt8(numbers: readonly number[]): Int8Array {
  return Int8Array.from(numbers);
}

function asUint8(numbers: readonly number[]): Uint8Array {
  return Uint8Array.from(numbers);
}

describe("a model", () => {
  let model: Served;
  let whole: Float32Array;
  const input = ["hello", "the of to", "a paragraph of words"];
  beforeAll(async () => {
    model = await served("bge-tiny");
    [whole] = (await model.embed({ input: ["hello"] })) as [Float32Array];
  });
  afterAll(() => model[Symbol.asyncDispose]());

  test.each(["int8", "uint8", "binary", "ubinary"] as const)(
    "gives a text the same %s numbers alone and beside others",
    async (outputType) => {
      const { vectors: alone } = await model.answer({ input: ["hello"], outputType });
      const { vectors: beside } = await model.answer({ input, outputType });
      // Padding moves a float by its last digits, which may move a number to the next step.
      const steps = alone[0]!.map((step, i) => Math.abs(step - beside[0]![i]!));
      expect(Math.max(...steps)).toBeLessThanOrEqual(outputType.endsWith("int8") ? 1 : 0);
      expect(alone[0]).toEqual(quantized(whole, outputType, unitRanges));
      expect(new Set(alone[0]).size).toBeGreaterThan(3);
    },
  );

  test("shortens vectors before it changes their type", async () => {
    const [head] = await model.embed({ input: ["hello"], dimensions: 16 });
    const asked = { input: ["hello"], dimensions: 16, outputType: "int8" } as const;
    const { vectors } = await model.answer(asked);
    expect(vectors).toEqual([quantized(head!, "int8", unitRanges)]);
  });

  test.each(["binary", "ubinary"] as const)(
    "refuses %s for dimensions that fill no whole byte",
    async (outputType) => {
      const refused = model.answer({ input: ["hello"], outputType, dimensions: 12 });
      await expect(refused).rejects.toMatchObject({
        code: "INVALID_INPUT",
        param: "dimensions",
        message: `${outputType} has eight dimensions in a byte, and the vectors have 12. Ask for a multiple of 8 as dimensions.`,
      });
      const { vectors } = await model.answer({ input: ["hello"], outputType, dimensions: 24 });
      expect(vectors[0]).toHaveLength(3);
    },
  );

  test("says that its own dimensions fill no whole byte", async () => {
    const json = { "config_sentence_transformers.json": { truncate_dim: 12 } };
    await using odd = await served("bge-tiny", { json });
    await expect(odd.answer({ input: ["hello"], outputType: "binary" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "outputType",
    });
  });

  test("that does not normalise has no int8 without ranges, and has bits", async () => {
    await using plain = await served("max-tiny");
    await expect(plain.answer({ input: ["hello"], outputType: "uint8" })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      param: "outputType",
      message: expect.stringContaining("options: { ranges: [low,high] }"),
    });
    const { vectors } = await plain.answer({ input: ["hello"], outputType: "ubinary" });
    expect(vectors[0]).toHaveLength(4);
  });

  test("takes the ranges of its launch, for all dimensions or for each", async () => {
    const low = Array.from(whole, (x) => x - 0.01);
    const high = Array.from(whole, (x) => x + 0.02);
    for (const ranges of [
      [-0.2, 0.2],
      [low, high],
    ] as Ranges[]) {
      await using launched = await served("bge-tiny", { options: { ranges } });
      const { vectors } = await launched.answer({ input: ["hello"], outputType: "int8" });
      expect(vectors).toEqual([quantized(whole, "int8", ranges)]);
    }
    await using launched = await served("bge-tiny", { options: { ranges: [low, high] } });
    const shorter = { input: ["hello"], outputType: "int8", dimensions: 16 } as const;
    await expect(launched.answer(shorter)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      param: "dimensions",
      message: expect.stringMatching(/ranges of 48 dimensions, and 16/),
    });
    expect((await launched.answer({ ...shorter, outputType: "binary" })).vectors).toHaveLength(1);
  });

  test.each<[string, unknown, RegExp]>([
    ["end before they begin", [0.2, -0.2], /ranges/],
    ["are one number", [1], /ranges/],
    ["are of two lengths", [[0, 0], [1]], /ranges/],
    ["are of another model", [[0], [1]], /lists of 1 numbers; the model's vectors have 48/],
    ["are texts", ["-1", "1"], /ranges/],
  ])("is refused with ranges that %s", async (_, ranges, reason) => {
    await using refused = await served("bge-tiny", { options: { ranges } });
    expect(refused.info.state).toBe("failed");
    expect(refused.info.reason).toMatch(reason);
  });
});
