import { add, concat, linear, mul, reshape, silu } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { TimeEmbedding } from "../blocks/resnet.ts";
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
  let embedded = sinusoids(g, reshape(g, timestep, [1, 1]), channels, config);
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
  const each = sinusoids(g, reshape(g, ids, [-1, 1]), width, config);
  const numbers = reshape(g, each, [-1, count * width]);
  const joined = concat(g, [text, numbers], 1);
  const input = textWidth + count * width;
  return twoLinears(g.at("add_embedding"), joined, input, config.time_embedding_dim);
}

function twoLinears(g: GraphBuilder, x: Value, input: number, width: number): Value {
  const inner = linear(g.at("linear_1"), x, input, width);
  return linear(g.at("linear_2"), silu(g, inner), width, width);
}

/** Of numbers [rows, 1]: [rows, width]. */
function sinusoids(
  g: GraphBuilder,
  numbers: Value,
  width: number,
  { freq_shift, flip_sin_to_cos }: UNetConfig,
): Value {
  const frequencies = timeFrequencies(width, freq_shift);
  const phase = mul(g, numbers, g.float32(frequencies, [1, frequencies.length]));
  const [sin, cos] = [g.node("Sin", [phase]), g.node("Cos", [phase])];
  return concat(g, flip_sin_to_cos ? [cos, sin] : [sin, cos], 1);
}

/** 10000^(-i / (n - shift)) for n = width / 2. Each step is rounded to float32, as torch does. */
function timeFrequencies(width: number, shift: number): readonly number[] {
  const half = width / 2;
  const log = Math.fround(-Math.log(10_000));
  return Array.from({ length: half }, (_, i) =>
    Math.exp(Math.fround(Math.fround(log * i) / (half - shift))),
  );
}
