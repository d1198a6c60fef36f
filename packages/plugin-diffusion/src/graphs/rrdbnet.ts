import { add, graph } from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { conv } from "./blocks/conv.ts";
import type { FeatureMap } from "./blocks/feature-map.ts";
import { upsample } from "./blocks/upsample.ts";
import type { RrdbNetConfig } from "./rrdbnet-config.ts";
import { leakyRelu, residualBlock } from "./rrdbnet/block.ts";
import { rrdbNetWorkspace } from "./rrdbnet/workspace.ts";

/**
 * The network of ESRGAN (arXiv 1809.00219, figure 4) as Real-ESRGAN has it (arXiv 2107.10833), equal to basicsr's RRDBNet and with
 * its names. Input `image` float32 [batch, 3, height, width] from 0 to 1, of which `unshuffle` divides the sides. Output
 * `enlarged` float32 [batch, 3, height · scale, width · scale], not bounded to 0 and 1.
 */
export function rrdbNet(config: RrdbNetConfig, weights: Weights): BuiltGraph {
  const { blocks, doublings, features } = config;
  const g = graph("upscaler", weights);
  const image = g.input("image", "float32", ["batch", 3, "height", "width"]);
  const first = conv(g.at("conv_first"), unshuffled(g, image, config), features);
  let x = first;
  for (let i = 0; i < blocks; i++) x = residualBlock(g.at(`body.${i}`), x, config);
  const body = conv(g.at("conv_body"), x, features);
  x = { value: add(g, first.value, body.value), channels: features };
  for (let i = 1; i <= doublings; i++) x = leakyRelu(g, upsample(g.at(`conv_up${i}`), x));
  x = leakyRelu(g, conv(g.at("conv_hr"), x, features));
  const { value } = conv(g.at("conv_last"), x, 3);
  return g.output("enlarged", value).build({ workspace: rrdbNetWorkspace(config) });
}

/** PyTorch's pixel-unshuffle (arXiv 1609.05158, inverted): the pixels of a square become channels, colour by colour. */
function unshuffled(g: GraphBuilder, image: Value, { unshuffle: side }: RrdbNetConfig): FeatureMap {
  if (side === 1) return { value: image, channels: 3 };
  // SpaceToDepth puts the place in the square before the colour.
  const squares = g.node("SpaceToDepth", [image], { blocksize: side });
  const order = Array.from({ length: 3 * side ** 2 }, (_, i) => {
    const [colour, place] = [Math.floor(i / side ** 2), i % side ** 2];
    return 3 * place + colour;
  });
  const value = g.node("Gather", [squares, g.int64(order)], { axis: 1 });
  return { value, channels: order.length };
}
