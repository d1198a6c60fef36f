import {
  add,
  attention,
  concat,
  groupNorm,
  linear,
  reshape,
  shapeOf,
  slice,
  transpose,
} from "@kindred/core/onnx";
import type { GraphBuilder } from "@kindred/core/onnx";
import type { FeatureMap } from "../blocks/feature-map.ts";

/** Attention of one head over all pixels, around a shortcut. Checkpoints have two sets of names for its weights. */
export function pixelAttention(
  g: GraphBuilder,
  x: FeatureMap,
  norm: { readonly groups: number; readonly epsilon: number },
): FeatureMap {
  const { channels } = x;
  const names = g.has("to_q.weight")
    ? { query: "to_q", key: "to_k", value: "to_v", out: "to_out.0" }
    : { query: "query", key: "key", value: "value", out: "proj_attn" };

  const pixels = transpose(
    g,
    groupNorm(g.at("group_norm"), x.value, { ...norm, channels }),
    [0, 2, 3, 1],
  );
  const shape = shapeOf(g, pixels);
  const rows = concat(g, [slice(g, shape, { start: 0, end: 1 }), g.int64([-1, channels])], 0);
  const tokens = reshape(g, pixels, [-1, channels]);
  const project = (name: string) =>
    reshape(g, linear(g.at(name), tokens, channels, channels), rows);
  const mixed = attention(g, {
    query: project(names.query),
    key: project(names.key),
    value: project(names.value),
    heads: 1,
  });
  const out = linear(g.at(names.out), reshape(g, mixed, [-1, channels]), channels, channels);
  return { value: add(g, x.value, transpose(g, reshape(g, out, shape), [0, 3, 1, 2])), channels };
}
