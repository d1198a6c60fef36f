import { concat, reshape, split } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { FeatureMap } from "./feature-map.ts";

/**
 * diffusers' Upsample2D: every pixel doubled, then a 3×3 convolution. Two of the kernel's three rows fall on the same pixel
 * of the small map, and two of its columns do. Their sums are four 2×2 kernels over the small map, one for each pixel of a
 * 2×2 square of the result: 16 multiplications instead of 36. `bias` says whether the convolution has one.
 */
export function upsample(
  g: GraphBuilder,
  x: FeatureMap,
  { bias = true }: { readonly bias?: boolean } = {},
): FeatureMap {
  const { channels } = x;
  const biases = bias ? [g.weight("bias", [channels])] : [];
  const squares = kernels(g, channels).map((kernel, i) => {
    const [row, column] = [i >> 1, i & 1];
    const pads = [1 - row, 1 - column, row, column];
    return g.node("Conv", [x.value, kernel, ...biases], { kernel_shape: [2, 2], pads });
  });
  const value = g.node("DepthToSpace", [concat(g, squares, 1)], { blocksize: 2, mode: "DCR" });
  return { value, channels };
}

/** For the even and the odd row of the result: the kernel's rows that fall on the first of two pixels, and on the second. */
const rows = [
  [
    [1, 0, 0],
    [0, 1, 1],
  ],
  [
    [1, 1, 0],
    [0, 0, 1],
  ],
] as const;

/** The four 2×2 kernels, computed once, when the graph opens. */
function kernels(g: GraphBuilder, channels: number): readonly Value[] {
  const taps = g.weight("weight", [channels, channels, 3, 3]);
  const sums = g.node("MatMul", [reshape(g, taps, [-1, 9]), g.float32(summation(), [9, 16])]);
  const squares = split(g, reshape(g, sums, [channels, channels, 4, 4]), 4, 2);
  return squares.map((square) => reshape(g, square, [channels, channels, 2, 2]));
}

/** [3·3, 4·2·2]: the Kronecker product of `rows` for height and for width. */
function summation(): readonly number[] {
  const three = [0, 1, 2] as const;
  return three.flatMap((y) =>
    three.flatMap((x) =>
      rows.flatMap((down) =>
        rows.flatMap((right) =>
          down.flatMap((above) => right.map((beside) => above[y] * beside[x])),
        ),
      ),
    ),
  );
}
