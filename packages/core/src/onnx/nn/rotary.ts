import type { GraphBuilder } from "../graph.ts";
import { aValue, count, finite, need } from "../need.ts";
import type { Value } from "../value.ts";
import { cast, unsqueeze } from "./shape.ts";

export interface RotaryOptions {
  /** Numbers of one head, an even count. */
  readonly size: number;
  /** The base of the wavelengths: pair i turns by `theta`^(−2i/size) a position. */
  readonly theta: number;
}

/** The turn of each pair of numbers at each position: float32 [positions, size / 2] each. */
export interface Rotation {
  readonly cos: Value;
  readonly sin: Value;
}

/**
 * The rotations of the positions 0, 1, 2 … (Su et al. 2021, arXiv:2104.09864). `positions` is their count, int64 []. The layers of a
 * graph share them.
 */
export function rotation(g: GraphBuilder, positions: Value, options: RotaryOptions): Rotation {
  const { size, theta } = options ?? {};
  need("rotation", aValue, { positions });
  need("rotation", count, { "size / 2": size / 2 });
  need("rotation", finite, { theta });
  const places = g.node("Range", [g.int64([0], []), positions, g.int64([1], [])]);
  // Frequencies as transformers rounds them: at far positions the last bit of one is an angle that matters.
  const frequencies = Array.from({ length: size / 2 }, (_, pair) =>
    Math.fround(1 / Math.fround(theta ** Math.fround((2 * pair) / size))),
  );
  const angles = g.node("Mul", [
    unsqueeze(g, cast(g, places, "float32"), [1]),
    g.float32(frequencies, [1, size / 2]),
  ]);
  return { cos: g.node("Cos", [angles]), sin: g.node("Sin", [angles]) };
}

/**
 * Turns queries or keys x, [batch, tokens, heads · size], by their positions. Number i of a head is paired with number i + size/2, as
 * transformers does, and not with its neighbour, as the paper does.
 */
export function rotate(g: GraphBuilder, x: Value, turns: Rotation): Value {
  const { cos, sin } = turns ?? {};
  need("rotate", aValue, { x, cos, sin });
  const from = g.int64([0]);
  return g.node("RotaryEmbedding", [x, from, cos, sin], {}, { domain: "com.microsoft" });
}
