import { reshape, shapeOf, slice } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { UNetConfig } from "../unet-config.ts";
import type { Time } from "./time-embedding.ts";
import type { Context } from "./transformer.ts";

/** What a UNet and its ControlNets take. */
export interface UNetInputs {
  readonly sample: Value;
  readonly time: Time;
  readonly context: Context;
}

/**
 * Declares float32 inputs: `sample` [batch, in_channels, height, width], `timestep` [1], `encoder_hidden_states` [batch,
 * sequence, cross_attention_dim]; for a config with time_cond_proj_dim also `timestep_cond` [batch, time_cond_proj_dim]; for
 * one with `text_time` also `text_embeds` [batch, pooled width] and `time_ids` [batch, 6].
 */
export function unetInputs(g: GraphBuilder, config: UNetConfig): UNetInputs {
  const { in_channels: channels, cross_attention_dim: textWidth, time_cond_proj_dim } = config;
  const sample = g.input("sample", "float32", ["batch", channels, "height", "width"]);
  const timestep = g.input("timestep", "float32", [1]);
  const states = g.input("encoder_hidden_states", "float32", ["batch", "sequence", textWidth]);
  const condition = conditionInput(g, time_cond_proj_dim);
  const time = { timestep, condition, addition: additionInputs(g, config) };
  return { sample, time, context: textContext(g, states, textWidth) };
}

function conditionInput(g: GraphBuilder, width: number | null): Time["condition"] {
  if (width === null) return undefined;
  return { value: g.input("timestep_cond", "float32", ["batch", width]), width };
}

function additionInputs(g: GraphBuilder, { addition }: UNetConfig): Time["addition"] {
  if (addition === null) return undefined;
  return {
    text: g.input("text_embeds", "float32", ["batch", addition.text]),
    ids: g.input("time_ids", "float32", ["batch", addition.ids]),
  };
}

function textContext(g: GraphBuilder, states: Value, width: number): Context {
  const batch = slice(g, shapeOf(g, states), { start: 0, end: 1 });
  return { states: reshape(g, states, [-1, width]), width, batch };
}
