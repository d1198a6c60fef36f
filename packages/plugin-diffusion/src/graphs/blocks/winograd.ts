import { add, concat, reshape, shapeOf, slice, transpose } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { FeatureMap } from "./feature-map.ts";
import { filtering, kronecker } from "./toom-cook.ts";
import type { Matrix } from "./toom-cook.ts";

/** Side of the square of the result that is computed at once, and of the square of the map that it depends on. */
const tile = 4;
const patch = tile + 2;

/** Their powers stay near 1, which gives a fourth of the error of 0, ±1, ±2. */
const points = [0, Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT2, -Math.SQRT2];
const { input, kernel, output } = filtering(tile, points);

/**
 * A 3×3 convolution that keeps the size, by F(4×4, 3×3) (arXiv 1509.09308). It takes a quarter of the multiplications, four
 * times the memory for weights, and more for activations, so it pays where maps are large and weights small.
 */
export function winograd(g: GraphBuilder, x: FeatureMap, channels: number): FeatureMap {
  const patches = g.node("Conv", [reshape(g, x.value, [-1, 1, 0, 0]), patchKernels(g)], {
    kernel_shape: [patch, patch],
    strides: [tile, tile],
    // One pixel for the kernel's border; at the far sides also the pixels that the last tiles reach beyond the map.
    pads: [1, 1, tile, tile],
  });
  const tiles = slice(g, shapeOf(g, patches), { start: 2 });
  const like = (...dims: readonly number[]) => concat(g, [g.int64(dims), tiles], 0);

  const byChannel = reshape(g, patches, like(-1, x.channels, patch ** 2));
  const samples = reshape(g, transpose(g, byChannel, [0, 2, 1, 3, 4]), [0, 0, 0, -1]);
  const products = g.node("MatMul", [kernels(g, x.channels, channels), samples]);
  const squares = g.node("MatMul", [
    matrix(g, kronecker(output)),
    reshape(g, products, [0, patch ** 2, -1]),
  ]);
  const drawn = g.node("DepthToSpace", [reshape(g, squares, like(-1, tile ** 2 * channels))], {
    blocksize: tile,
    mode: "DCR",
  });
  const bias = g.weight("bias", [channels, 1, 1], { stored: [channels] });
  return { value: add(g, cropped(g, drawn, x.value), bias), channels };
}

/** The kernels of a convolution that takes from each square of the map what the multiplications need: [36, 1, 6, 6]. */
function patchKernels(g: GraphBuilder): Value {
  return g.float32(kronecker(input).flat(), [patch ** 2, 1, patch, patch]);
}

/** The kernels of the multiplications, [36, out, in]. They are computed when the graph opens. */
function kernels(g: GraphBuilder, from: number, to: number): Value {
  const taps = reshape(
    g,
    g.weight("weight", [to, from, 3, 3], { spread: patch ** 2 / 9 }),
    [-1, 9],
  );
  const spread = g.node("MatMul", [matrix(g, kronecker(kernel)), transpose(g, taps, [1, 0])]);
  return reshape(g, spread, [patch ** 2, to, from]);
}

/** The result in the height and width of the map. */
function cropped(g: GraphBuilder, drawn: Value, x: Value): Value {
  const size = slice(g, shapeOf(g, x), { start: 2 });
  return g.node("Slice", [drawn, g.int64([0, 0]), size, g.int64([2, 3])]);
}

function matrix(g: GraphBuilder, rows: Matrix): Value {
  return g.float32(rows.flat(), [rows.length, rows[0]!.length]);
}
