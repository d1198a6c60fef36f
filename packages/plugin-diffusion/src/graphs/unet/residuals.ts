import { add } from "@kindred/core/onnx";
import type { GraphBuilder } from "@kindred/core/onnx";
import type { FeatureMap } from "../blocks/feature-map.ts";
import type { UNetConfig } from "../unet-config.ts";
import { skipPlaces } from "./skips.ts";

/** The names of what ControlNets give and their UNet takes, in diffusers' words: one for each skip, the finest first, and the middle's. */
export function residualNames(config: Pick<UNetConfig, "levels">): readonly string[] {
  const down = skipPlaces(config).map((_, i) => `down_block_res_samples.${i}`);
  return [...down, "mid_block_res_sample"];
}

/** Maps from the finest skip on, with an input added to each, of its shape or of one that is spread over it, such as [batch, 1, 1, 1]. */
export function withResiduals(
  g: GraphBuilder,
  config: Pick<UNetConfig, "levels">,
  maps: readonly FeatureMap[],
): readonly FeatureMap[] {
  const names = residualNames(config);
  return maps.map(({ value, channels }, i) => {
    const sides = ["channels", "height", "width"].map((side) => `${side}.${i}`);
    const residual = g.input(names[i]!, "float32", ["batch", ...sides]);
    return { value: add(g, value, residual), channels };
  });
}
