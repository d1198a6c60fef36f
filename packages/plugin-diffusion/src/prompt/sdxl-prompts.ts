import type { Conditions } from "../conditions.ts";
import type { ClipEncoder } from "./clip-encoder.ts";
import { tokenizeForPair } from "./clip-pair.ts";
import type { PairedStates } from "./clip-pair.ts";
import type { PromptEncoder } from "./prompt-encoder.ts";
import { hasNoNegative } from "./prompt-texts.ts";
import { zeros } from "./zeros.ts";

export interface SdxlPromptOptions {
  readonly encoders: readonly [ClipEncoder, ClipEncoder];
  /** Whether a request without a negative prompt is guided away from zeros instead of from an empty text. */
  readonly zeroAbsent: boolean;
}

/**
 * Prompts of Stable Diffusion XL (arXiv 2307.01952): `encoder_hidden_states` [1, windows · length, width] of two CLIP text
 * encoders, and `text_embeds` [1, projection_dim], the pooled projection of the last that has one.
 */
export function sdxlPrompts({ encoders, zeroAbsent }: SdxlPromptOptions): PromptEncoder {
  return {
    async tokenize(prompts, signal) {
      const absent = zeroAbsent && hasNoNegative(prompts);
      const guided = prompts.guided && !absent;
      const { tokens, cut, encode } = await tokenizeForPair(
        encoders,
        { ...prompts, guided },
        signal,
      );
      return {
        tokens,
        cut,
        async encode(of) {
          const prompt = conditionsOf(await encode("prompt", of));
          if (!prompts.guided) return { prompt, negative: undefined };
          const negative = absent ? zerosLike(prompt) : conditionsOf(await encode("negative", of));
          return { prompt, negative };
        },
      };
    },
  };
}

function conditionsOf({ states, pooled }: PairedStates): Conditions {
  return { encoder_hidden_states: states, text_embeds: pooled.at(-1)! };
}

function zerosLike(conditions: Conditions): Conditions {
  return Object.fromEntries(
    Object.entries(conditions).map(([name, { dims }]) => [name, zeros(dims)]),
  );
}
