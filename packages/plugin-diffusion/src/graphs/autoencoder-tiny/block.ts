import { add } from "@kindred/core/onnx";
import type { GraphBuilder } from "@kindred/core/onnx";
import { conv } from "../blocks/conv.ts";
import type { FeatureMap } from "../blocks/feature-map.ts";
import { relu } from "./activations.ts";
import type { Activation } from "./activations.ts";

/** diffusers' AutoencoderTinyBlock: three 3×3 convolutions around a shortcut. It ends in ReLU, whatever lies between them. */
export function tinyBlock(g: GraphBuilder, x: FeatureMap, activate: Activation): FeatureMap {
  const { channels } = x;
  let y = conv(g.at("conv.0"), x, channels);
  for (const i of [2, 4])
    y = conv(g.at(`conv.${i}`), { value: activate(g, y.value), channels }, channels);
  return { value: relu(g, add(g, y.value, x.value)), channels };
}
