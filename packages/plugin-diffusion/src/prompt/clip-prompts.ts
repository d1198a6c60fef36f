import type { ClipEncoder } from "./clip-encoder.ts";
import { checkClipSkip, finalStates } from "./clip-output.ts";
import { tokenizeForClips } from "./clip-texts.ts";
import type { PromptEncoder } from "./prompt-encoder.ts";
import type { Side } from "./prompt-texts.ts";
import { joinedWindows } from "./windows.ts";

/**
 * Prompts of Stable Diffusion 1 and 2: `encoder_hidden_states` [1, windows · length, width] of one CLIP text encoder. The
 * shorter of prompt and negative prompt gets empty windows.
 */
export function clipPrompts(encoder: ClipEncoder): PromptEncoder {
  return {
    async tokenize(prompts, signal) {
      checkClipSkip(finalStates, encoder, prompts.clipSkip);
      const { tokens, cut, encode } = await tokenizeForClips([encoder], prompts, signal);
      const states = async (side: Side, clipSkip: number, of: AbortSignal) => {
        const output = finalStates.name(encoder, clipSkip);
        const windows = await encode({ side, encoder: 0, outputs: [output] }, of);
        return { encoder_hidden_states: joinedWindows(windows.map((each) => each[output]!)) };
      };
      return {
        tokens,
        cut,
        encode: async (of) => ({
          prompt: await states("prompt", prompts.clipSkip, of),
          // diffusers never leaves out layers for the negative prompt.
          negative: prompts.guided ? await states("negative", 0, of) : undefined,
        }),
      };
    },
  };
}
