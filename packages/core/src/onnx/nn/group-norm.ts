import type { GraphBuilder } from "../graph.ts";
import { aValue, count, finite, need } from "../need.ts";
import type { Value } from "../value.ts";
import { add, mul } from "./arithmetic.ts";
import { reshape, shapeOf } from "./shape.ts";

export interface GroupNormOptions {
  readonly groups: number;
  readonly channels: number;
  readonly epsilon: number;
}

/** x [batch, channels, height, width]. Weights: `weight` [channels] and `bias` [channels]. */
export function groupNorm(g: GraphBuilder, x: Value, options: GroupNormOptions): Value {
  const { groups, channels, epsilon } = options ?? {};
  need("groupNorm", aValue, { x });
  need("groupNorm", count, { groups, channels });
  need("groupNorm", finite, { epsilon });
  const perChannel = (name: string) => g.weight(name, [channels, 1, 1], { stored: [channels] });
  const ones = g.float32(Array<number>(groups).fill(1));
  const zeros = g.float32(Array<number>(groups).fill(0));
  const grouped = reshape(g, x, [0, groups, -1]);
  const normal = g.node("InstanceNormalization", [grouped, ones, zeros], { epsilon });
  const scaled = mul(g, reshape(g, normal, shapeOf(g, x)), perChannel("weight"));
  return add(g, scaled, perChannel("bias"));
}
