import { add } from "@kindred/core/onnx";
import type { GraphBuilder } from "@kindred/core/onnx";
import type { FeatureMap } from "../blocks/feature-map.ts";
import type { UNetConfig } from "../unet-config.ts";
import type { Encoded } from "./encoder.ts";

/** The names of what ControlNets give and their UNet takes, in diffusers' words: one for each skip, the finest first, and the middle's. */
export function residualNames({ levels }: Pick<UNetConfig, "levels">): readonly string[] {
  // A level has a skip for each layer and one for the smaller map that follows it; the first convolution's is one more.
  const skips = levels.reduce((sum, { layers }) => sum + layers + 1, 0);
  const down = Array.from({ length: skips }, (_, i) => `down_block_res_samples.${i}`);
  return [...down, "mid_block_res_sample"];
}

/** The maps with an input added to each, of its shape or of one that is spread over it, such as [batch, 1, 1, 1]. */
export function withResiduals(
  g: GraphBuilder,
  config: UNetConfig,
  { skips, middle, shared }: Encoded,
): Encoded {
  const names = residualNames(config);
  const added = ({ value, channels }: FeatureMap, i: number): FeatureMap => {
    const sides = ["channels", "height", "width"].map((side) => `${side}.${i}`);
    const residual = g.input(names[i]!, "float32", ["batch", ...sides]);
    return { value: add(g, value, residual), channels };
  };
  return { skips: skips.map(added), middle: added(middle, skips.length), shared };
}
