import { add, concat, conv2d, linear, reshape, transpose } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { Sd3TransformerConfig } from "../sd3-transformer-config.ts";

/** A latent as tokens of `patch_size`² pixels, row by row. */
export interface Patches {
  /** [batch, tokens, width] */
  readonly tokens: Value;
  /** Tokens along each side, int64 [1]. */
  readonly rows: Value;
  readonly columns: Value;
}

/** The tokens of a latent [batch, channels, height, width] with their positions. Weights: `proj`, `pos_embed`. */
export function patches(g: GraphBuilder, latent: Value, config: Sd3TransformerConfig): Patches {
  const { patch_size: size, in_channels: channels, width } = config;
  const map = conv2d(g.at("proj"), latent, {
    exact: true,
    in: channels,
    out: width,
    kernel: size,
    stride: size,
  });
  const side = (axis: number) => g.node("Shape", [map], { start: axis, end: axis + 1 });
  const [rows, columns] = [side(2), side(3)];
  const tokens = transpose(g, reshape(g, map, [0, width, -1]), [0, 2, 1]);
  return { tokens: add(g, tokens, positions(g, rows, columns, config)), rows, columns };
}

/** The middle of the table of positions: [1, tokens, width]. */
function positions(
  g: GraphBuilder,
  rows: Value,
  columns: Value,
  { pos_embed_max_size: max, width }: Sd3TransformerConfig,
): Value {
  const table = reshape(g, g.weight("pos_embed", [1, max * max, width]), [max, max, width]);
  const start = (count: Value) =>
    g.node("Div", [g.node("Sub", [g.int64([max]), count]), g.int64([2])]);
  const starts = concat(g, [start(rows), start(columns)], 0);
  const ends = g.node("Add", [starts, concat(g, [rows, columns], 0)]);
  const cropped = g.node("Slice", [table, starts, ends, g.int64([0, 1])]);
  return reshape(g, cropped, [1, -1, width]);
}

/** The latent that tokens stand for: [batch, out_channels, height, width]. Weights: `proj_out`. */
export function unpatched(
  g: GraphBuilder,
  { tokens, rows, columns }: Patches,
  config: Sd3TransformerConfig,
): Value {
  const { patch_size: size, out_channels: channels, width } = config;
  const pixels = linear(
    g.at("proj_out"),
    reshape(g, tokens, [-1, width]),
    width,
    size * size * channels,
  );
  const split = concat(g, [g.int64([-1]), rows, columns, g.int64([size, size, channels])], 0);
  // [batch, rows, columns, down, right, channels] → [batch, channels, rows, down, columns, right]
  const placed = transpose(g, reshape(g, pixels, split), [0, 5, 1, 3, 2, 4]);
  const scaled = (count: Value) => g.node("Mul", [count, g.int64([size])]);
  const shape = concat(g, [g.int64([-1, channels]), scaled(rows), scaled(columns)], 0);
  return reshape(g, placed, shape);
}
