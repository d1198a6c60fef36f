import type { Tensor } from "@kindred/core";
import type { Conditions } from "../conditions.ts";
import type { ClipEncoder } from "./clip-encoder.ts";
import { tokenizeForPair } from "./clip-pair.ts";
import type { PairedStates } from "./clip-pair.ts";
import type { PromptEncoder, Prompts } from "./prompt-encoder.ts";
import { promptText } from "./prompt-texts.ts";
import type { Side } from "./prompt-texts.ts";
import type { T5Text } from "./t5-text.ts";
import { zeros } from "./zeros.ts";

/** diffusers' default length of T5's sequence, in tokens. */
const defaultLength = 256;

export interface Sd3PromptOptions {
  /** Both have a projection. */
  readonly clips: readonly [ClipEncoder, ClipEncoder];
  /** undefined: zeros stand for its states. */
  readonly t5: T5Text | undefined;
  /** The denoiser's `joint_attention_dim`. */
  readonly width: number;
}

/**
 * Prompts of Stable Diffusion 3 (arXiv 2403.03206): `encoder_hidden_states` [1, windows · length + T5's length, width], the
 * states of two CLIP text encoders side by side and then those of T5, and `pooled_projections`, both CLIPs' projections.
 */
export function sd3Prompts({ clips, t5, width }: Sd3PromptOptions): PromptEncoder {
  return {
    async tokenize(prompts, signal) {
      const length = prompts.maxSequenceLength ?? defaultLength;
      const pair = await tokenizeForPair(clips, prompts, signal);
      const long = await tokenizeForT5(t5, prompts, length, signal);
      const conditions = async (side: Side, of: AbortSignal): Promise<Conditions> => {
        const ids = long[side]?.ids;
        const states = ids && t5 ? await t5.encode(ids, length, of) : zeros([1, length, width]);
        return conditionsOf(await pair.encode(side, of), states);
      };
      return {
        tokens: pair.tokens,
        cut: [...pair.cut, ...Object.values(long).flatMap((each) => each?.cut ?? [])],
        encode: async (of) => ({
          prompt: await conditions("prompt", of),
          negative: prompts.guided ? await conditions("negative", of) : undefined,
        }),
      };
    },
  };
}

async function tokenizeForT5(
  t5: T5Text | undefined,
  prompts: Prompts,
  length: number,
  signal: AbortSignal,
) {
  const tokenize = (side: Side) => t5?.tokenize(promptText(prompts, side, 2), length, signal);
  return {
    prompt: await tokenize("prompt"),
    negative: prompts.guided ? await tokenize("negative") : undefined,
  };
}

/** CLIP's states are padded with zeros to the width of T5's. */
function conditionsOf({ states, pooled }: PairedStates, long: Tensor): Conditions {
  const [, clipLength = 0, clipWidth = 0] = states.dims;
  const [, length = 0, width = 0] = long.dims;
  const all = zeros([1, clipLength + length, width]);
  const data = all.data as Float32Array;
  const own = states.data as Float32Array;
  for (let i = 0; i < clipLength; i++)
    data.set(own.subarray(i * clipWidth, (i + 1) * clipWidth), i * width);
  data.set(long.data as Float32Array, clipLength * width);
  return { encoder_hidden_states: all, pooled_projections: sideBySide(pooled) };
}

/** Rows [1, width] each, as one. */
function sideBySide(rows: readonly Tensor[]): Tensor {
  const data = Float32Array.from(rows.flatMap((row) => [...(row.data as Float32Array)]));
  return { type: "float32", dims: [1, data.length], data };
}
