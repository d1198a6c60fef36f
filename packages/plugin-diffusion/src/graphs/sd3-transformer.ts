import { add, graph, linear, reshape, shapeOf, silu } from "@kindred/core/onnx";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import { sinusoids } from "./blocks/sinusoids.ts";
import { twoLinears } from "./blocks/two-linears.ts";
import type { Sd3TransformerConfig } from "./sd3-transformer-config.ts";
import { jointBlock } from "./sd3-transformer/block.ts";
import type { Streams } from "./sd3-transformer/block.ts";
import { continuousNorm } from "./sd3-transformer/modulation.ts";
import { patches, unpatched } from "./sd3-transformer/patches.ts";
import { sd3Workspace } from "./sd3-transformer/workspace.ts";

/** Sines and cosines of a timestep. */
const timeWidth = 256;

/**
 * MMDiT, the denoiser of Stable Diffusion 3 and 3.5 (arXiv 2403.03206), equal to diffusers' SD3Transformer2DModel. Inputs,
 * float32: `hidden_states` [batch, in_channels, height, width], sides divisible by patch_size and up to pos_embed_max_size
 * times that; `timestep` [1], fractions included; `encoder_hidden_states` [batch, sequence, joint_attention_dim];
 * `pooled_projections` [batch, pooled_projection_dim]. Output `out_hidden_states` [batch, out_channels, height, width]. `name`
 * is the graph's.
 */
export function sd3Transformer(
  config: Sd3TransformerConfig,
  weights: Weights,
  name = "transformer",
): BuiltGraph {
  const { in_channels: channels, joint_attention_dim: textWidth, width } = config;
  const g = graph(name, weights);
  const latent = g.input("hidden_states", "float32", ["batch", channels, "height", "width"]);
  const timestep = g.input("timestep", "float32", [1]);
  const states = g.input("encoder_hidden_states", "float32", ["batch", "sequence", textWidth]);
  const pooled = g.input("pooled_projections", "float32", ["batch", config.pooled_projection_dim]);

  const condition = silu(g, conditionOf(g.at("time_text_embed"), timestep, pooled, config));
  const found = patches(g.at("pos_embed"), latent, config);
  let streams: Streams = { picture: found.tokens, text: textTokens(g, states, config) };
  for (let i = 0; i < config.num_layers; i++)
    streams = jointBlock(g.at(`transformer_blocks.${i}`), streams, {
      config,
      condition,
      dual: config.dual_attention_layers.includes(i),
      last: i === config.num_layers - 1,
    });
  const tokens = continuousNorm(g.at("norm_out"), streams.picture, { width, condition });
  return g
    .output("out_hidden_states", unpatched(g, { ...found, tokens }, config))
    .build({ workspace: sd3Workspace(config) });
}

/** The embedding of the timestep and of the pooled text: [batch, width]. */
function conditionOf(
  g: GraphBuilder,
  timestep: Value,
  pooled: Value,
  { width, pooled_projection_dim }: Sd3TransformerConfig,
): Value {
  const options = { width: timeWidth, shift: 0, cosineFirst: true };
  const time = sinusoids(g, reshape(g, timestep, [1, 1]), options);
  const ofTime = twoLinears(g.at("timestep_embedder"), time, timeWidth, width);
  const ofText = twoLinears(g.at("text_embedder"), pooled, pooled_projection_dim, width);
  return add(g, ofTime, ofText);
}

/** [batch, sequence, width] */
function textTokens(g: GraphBuilder, states: Value, config: Sd3TransformerConfig): Value {
  const { joint_attention_dim: textWidth, width } = config;
  const rows = linear(
    g.at("context_embedder"),
    reshape(g, states, [-1, textWidth]),
    textWidth,
    width,
  );
  const shape = g.node("Slice", [shapeOf(g, states), g.int64([0]), g.int64([2])]);
  return reshape(g, rows, g.node("Concat", [shape, g.int64([width])], { axis: 0 }));
}
