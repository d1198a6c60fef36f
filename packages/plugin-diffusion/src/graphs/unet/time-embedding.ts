import { add, concat, linear, reshape, silu } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { TimeEmbedding } from "../blocks/resnet.ts";
import { sinusoids } from "../blocks/sinusoids.ts";
import type { SinusoidOptions } from "../blocks/sinusoids.ts";
import { twoLinears } from "../blocks/two-linears.ts";
import type { UNetConfig } from "../unet-config.ts";

export interface Time {
  /** float32 [1] */
  readonly timestep: Value;
  /** SDXL's pooled text, float32 [batch, text], and numbers, float32 [batch, ids]. Default: none. */
  readonly addition?: { readonly text: Value; readonly ids: Value } | undefined;
  /** float32 [batch, width], added to the timestep's sinusoids. Default: nothing. */
  readonly condition?: { readonly value: Value; readonly width: number } | undefined;
}

/**
 * The embedding of a timestep and of what is added to it: the sinusoids of DDPM (arXiv 2006.11239) through two linears, and
 * the SiLU that every resnet would do. Weights: `time_embedding`, `add_embedding`.
 */
export function timeEmbedding(g: GraphBuilder, time: Time, config: UNetConfig): TimeEmbedding {
  const { time_embedding_dim: width, levels } = config;
  const { timestep, condition, addition } = time;
  const channels = levels[0]!.channels;
  const own = g.at("time_embedding");
  let embedded = sinusoids(g, reshape(g, timestep, [1, 1]), sinusoidsOf(channels, config));
  if (condition) {
    const added = linear(own.at("cond_proj"), condition.value, condition.width, channels, {
      bias: false,
    });
    embedded = add(g, embedded, added);
  }
  let value = twoLinears(own, embedded, channels, width);
  if (addition) value = add(g, value, additionEmbedding(g, addition, config));
  return { value: silu(g, value), width };
}

/** SDXL's embedding of pooled text and micro-conditioning (arXiv 2307.01952, section 2.2). */
function additionEmbedding(
  g: GraphBuilder,
  { text, ids }: NonNullable<Time["addition"]>,
  config: UNetConfig,
): Value {
  const { text: textWidth, ids: count, width } = config.addition!;
  const each = sinusoids(g, reshape(g, ids, [-1, 1]), sinusoidsOf(width, config));
  const numbers = reshape(g, each, [-1, count * width]);
  const joined = concat(g, [text, numbers], 1);
  const input = textWidth + count * width;
  return twoLinears(g.at("add_embedding"), joined, input, config.time_embedding_dim);
}

function sinusoidsOf(width: number, config: UNetConfig): SinusoidOptions {
  return { width, shift: config.freq_shift, cosineFirst: config.flip_sin_to_cos };
}
