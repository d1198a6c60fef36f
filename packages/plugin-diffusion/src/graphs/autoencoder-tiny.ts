import { add, graph, mul } from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import type { AutoencoderTinyConfig } from "./autoencoder-tiny-config.ts";
import { activations } from "./autoencoder-tiny/activations.ts";
import { tinyBlock } from "./autoencoder-tiny/block.ts";
import { tinyWorkspace } from "./autoencoder-tiny/workspace.ts";
import { conv } from "./blocks/conv.ts";
import type { FeatureMap } from "./blocks/feature-map.ts";
import { upsample } from "./blocks/upsample.ts";

/** Latents are bent towards this value, and never reach it. */
const bound = 3;

/**
 * The decoder of TAESD (https://github.com/madebyollin/taesd), equal to diffusers' AutoencoderTiny.decode. Input `latent_sample`
 * float32 [batch, latent_channels, height, width]. Output `sample` float32 [batch, 3, height · 2ⁿ, width · 2ⁿ] from about -1 to
 * 1, for n + 1 levels.
 */
export function autoencoderTinyDecoder(
  config: AutoencoderTinyConfig,
  weights: Weights,
): BuiltGraph {
  const { latent_channels, out_channels, num_decoder_blocks, act_fn } = config;
  const g = graph("vae_preview", weights);
  const latent = g.input("latent_sample", "float32", ["batch", latent_channels, "height", "width"]);
  const activate = activations[act_fn];
  // Layers without weights are numbered among the others.
  let index = 0;
  const layer = () => g.at(`decoder.layers.${index++}`);

  const [channels] = config.decoder_block_out_channels;
  let x: FeatureMap = { value: bounded(g, latent), channels: latent_channels };
  x = conv(layer(), x, channels!);
  x = { value: activate(layer(), x.value), channels: channels! };
  for (const [level, blocks] of num_decoder_blocks.entries()) {
    if (level > 0) {
      layer();
      x = upsample(layer(), x, { bias: false });
    }
    for (let i = 0; i < blocks; i++) x = tinyBlock(layer(), x, activate);
  }
  x = conv(layer(), x, out_channels);
  return g.output("sample", signed(g, x.value)).build({ workspace: tinyWorkspace(config) });
}

function bounded(g: GraphBuilder, latent: Value): Value {
  const inner = g.node("Tanh", [mul(g, latent, g.float32([1 / bound], []))]);
  return mul(g, inner, g.float32([bound], []));
}

/** From 0 to 1, as the network has colours, to -1 to 1. */
function signed(g: GraphBuilder, x: Value): Value {
  return add(g, mul(g, x, g.float32([2], [])), g.float32([-1], []));
}
