import { concat, linear, mul, reshape, silu } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { TimeEmbedding } from "../blocks/resnet.ts";
import type { UNetConfig } from "../unet-config.ts";

/**
 * The embedding of a timestep, float32 [1]: the sinusoids of DDPM (arXiv 2006.11239) through two linears, and the SiLU that
 * every resnet would do.
 */
export function timeEmbedding(g: GraphBuilder, timestep: Value, config: UNetConfig): TimeEmbedding {
  const { time_embedding_dim: width, levels } = config;
  const channels = levels[0]!.channels;
  const inner = linear(g.at("linear_1"), sinusoids(g, timestep, config), channels, width);
  const value = linear(g.at("linear_2"), silu(g, inner), width, width);
  return { value: silu(g, value), width };
}

function sinusoids(g: GraphBuilder, timestep: Value, config: UNetConfig): Value {
  const frequencies = timeFrequencies(config.levels[0]!.channels, config.freq_shift);
  const row = g.float32(frequencies, [1, frequencies.length]);
  const phase = mul(g, reshape(g, timestep, [1, 1]), row);
  const [sin, cos] = [g.node("Sin", [phase]), g.node("Cos", [phase])];
  return concat(g, config.flip_sin_to_cos ? [cos, sin] : [sin, cos], 1);
}

/** 10000^(-i / (n - shift)) for n = width / 2. Each step is rounded to float32, as torch does. */
function timeFrequencies(width: number, shift: number): readonly number[] {
  const half = width / 2;
  const log = Math.fround(-Math.log(10_000));
  return Array.from({ length: half }, (_, i) =>
    Math.exp(Math.fround(Math.fround(log * i) / (half - shift))),
  );
}
