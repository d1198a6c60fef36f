import type { GraphBuilder } from "../graph.ts";
import { aValue, finite, need } from "../need.ts";
import type { Value } from "../value.ts";

/** Nearest neighbour: x [batch, channels, height, width] → [batch, channels, factor · height, factor · width]. */
export function upsample(g: GraphBuilder, x: Value, factor: number = 2): Value {
  need("upsample", aValue, { x });
  need("upsample", finite, { factor });
  return g.node("Resize", [x, undefined, g.float32([1, 1, factor, factor])], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}
