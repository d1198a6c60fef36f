import { add, geluTanh, linear, mul, reshape, shapeOf } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { Sd3TransformerConfig } from "../sd3-transformer-config.ts";
import { jointAttention, selfAttention } from "./attention.ts";
import { continuousNorm, modulate, modulation, plainNorm } from "./modulation.ts";
import type { Modulated } from "./modulation.ts";

/** Tokens of the picture, [batch, tokens, width], and of the text, [batch, sequence, width]. */
export interface Streams {
  readonly picture: Value;
  readonly text: Value;
}

export interface BlockOptions {
  readonly config: Sd3TransformerConfig;
  /** After a SiLU: float32 [batch, width]. */
  readonly condition: Value;
  /** Whether the picture also attends to itself alone (Stable Diffusion 3.5 medium). */
  readonly dual: boolean;
  /** Whether nothing reads the text afterwards. It is given back as it was. */
  readonly last: boolean;
}

/** One joint block of MMDiT (arXiv 2403.03206, figure 2b). */
export function jointBlock(g: GraphBuilder, streams: Streams, options: BlockOptions): Streams {
  const { config, condition, dual, last } = options;
  const modulated = { width: config.width, condition };
  const own = opening(g.at("norm1"), streams.picture, modulated, dual);
  const textNorm = g.at("norm1_context");
  const other = last ? undefined : opening(textNorm, streams.text, modulated, false);
  const y = other?.normed ?? continuousNorm(textNorm, streams.text, modulated);
  const mixed = jointAttention(g.at("attn"), { x: own.normed, y, textToo: !last }, config);

  let picture = add(g, streams.picture, mul(g, own.gate, mixed.picture));
  if (own.dual) {
    const again = selfAttention(g.at("attn2"), own.dual.normed, config);
    picture = add(g, picture, mul(g, own.dual.gate, again));
  }
  picture = feedForward(g.at("ff"), picture, own.inner, config);
  if (!other) return { picture, text: streams.text };
  const text = add(g, streams.text, mul(g, other.gate, mixed.text!));
  return { picture, text: feedForward(g.at("ff_context"), text, other.inner, config) };
}

/** How the condition modulates the feed-forward. */
interface Inner {
  readonly shift: Value;
  readonly scale: Value;
  readonly gate: Value;
}

interface Opening {
  /** The stream as attention takes it, and what its result is multiplied by. */
  readonly normed: Value;
  readonly gate: Value;
  readonly inner: Inner;
  /** The same for the attention of the picture to itself alone. */
  readonly dual: { readonly normed: Value; readonly gate: Value } | undefined;
}

/** diffusers' `AdaLayerNormZero`, or with `dual` its `SD35AdaLayerNormZeroX`. */
function opening(g: GraphBuilder, x: Value, modulated: Modulated, dual: boolean): Opening {
  const plain = plainNorm(g, x, modulated.width);
  const [shift, scale, gate, innerShift, innerScale, innerGate, shift2, scale2, gate2] = modulation(
    g,
    modulated,
    dual ? 9 : 6,
  );
  return {
    normed: modulate(g, plain, shift!, scale!),
    gate: gate!,
    inner: { shift: innerShift!, scale: innerScale!, gate: innerGate! },
    dual: dual ? { normed: modulate(g, plain, shift2!, scale2!), gate: gate2! } : undefined,
  };
}

function feedForward(
  g: GraphBuilder,
  x: Value,
  { shift, scale, gate }: Inner,
  { width }: Sd3TransformerConfig,
): Value {
  const normed = modulate(g, plainNorm(g, x, width), shift, scale);
  const inner = linear(g.at("net.0.proj"), reshape(g, normed, [-1, width]), width, 4 * width);
  const rows = linear(g.at("net.2"), geluTanh(g, inner), 4 * width, width);
  return add(g, x, mul(g, gate, reshape(g, rows, shapeOf(g, x))));
}
