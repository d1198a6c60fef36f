import type { Dims } from "@kindred/core";
import type { RrdbNetConfig } from "../rrdbnet-config.ts";
import { scaleOf } from "../rrdbnet-config.ts";

/** Maps of `features` channels in the size of the result that are alive at once: 4 as measured from 64×64 to 192×192, and the arena's loss. */
const maps = 5;
/** Maps of a dense block's most channels that are alive at once. They count where nothing is enlarged. */
const denseMaps = 3;

/** Bytes of activations of one run, by the dims of `image`. */
export function rrdbNetWorkspace(config: RrdbNetConfig): (dims: Dims) => number {
  const { features, growth, unshuffle } = config;
  const enlarged = maps * features * scaleOf(config) ** 2;
  const dense = (denseMaps * (features + 4 * growth)) / unshuffle ** 2;
  return ({ image = [] }) => {
    const [batch = 1, , height = 0, width = 0] = image;
    return 4 * batch * height * width * (enlarged + dense);
  };
}
