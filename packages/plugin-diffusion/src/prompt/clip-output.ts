import { KernelError } from "@kindred/core";
import type { ClipEncoder } from "./clip-encoder.ts";

/** The states of a CLIP text encoder that a kind of model draws with. */
export interface ClipStates {
  /** Name of the graph's output whose states leave out that many last layers. */
  name(encoder: ClipEncoder, clipSkip: number): string;
  /** The most layers that can be left out. */
  maxSkip(encoder: ClipEncoder): number;
}

/** The last layer's states after the final norm, as Stable Diffusion 1 and 2 take them. */
export const finalStates: ClipStates = {
  name: (_, clipSkip) => (clipSkip === 0 ? "last_hidden_state" : `clip_skip.${clipSkip}`),
  maxSkip: ({ layers }) => layers,
};

/** The states before the last layer, without a norm, as Stable Diffusion XL and 3 take them. */
export const penultimateStates: ClipStates = {
  name: ({ layers }, clipSkip) => `hidden_states.${layers - 1 - clipSkip}`,
  maxSkip: ({ layers }) => layers - 1,
};

/** INVALID_INPUT or UNSUPPORTED on `clipSkip` when an encoder has no such states. */
export function checkClipSkip(states: ClipStates, encoder: ClipEncoder, clipSkip: number): void {
  if (encoder.outputs.includes(states.name(encoder, clipSkip))) return;
  const max = states.maxSkip(encoder);
  const [code, most] =
    clipSkip > max ? (["INVALID_INPUT", max] as const) : (["UNSUPPORTED", 0] as const);
  throw new KernelError(
    code,
    `clip_skip is ${clipSkip}; this text encoder can leave out at most ${most} layers.`,
    { param: "clipSkip" },
  );
}
