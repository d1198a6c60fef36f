import { KernelError } from "@kindred/core";
import { clipSkipOutput } from "../graphs/clip-text.ts";
import type { ClipEncoder } from "./clip-encoder.ts";
import type { PromptEncoder } from "./prompt-encoder.ts";
import { joinedWindows } from "./windows.ts";

/**
 * Prompts of Stable Diffusion 1 and 2: `encoder_hidden_states` [1, windows · length, width] of one CLIP text encoder. The
 * shorter of prompt and negative prompt gets empty windows.
 */
export function clipPrompts(encoder: ClipEncoder): PromptEncoder {
  return {
    async tokenize({ prompt, negativePrompt, clipSkip }, signal) {
      const output = outputFor(clipSkip, encoder);
      const ids = await encoder.tokenize(prompt, "prompt", signal);
      const negativeIds =
        negativePrompt === undefined
          ? undefined
          : await encoder.tokenize(negativePrompt, "negativePrompt", signal);
      const lengths = [ids, negativeIds ?? []].map(({ length }) => encoder.windowCount(length));
      const windows = Math.max(...lengths);

      const states = async (text: Int32Array, name: string, of: AbortSignal) => {
        const found = await encoder.encode(text, { windows, outputs: [name] }, of);
        return { encoder_hidden_states: joinedWindows(found.map((each) => each[name]!)) };
      };
      return {
        tokens: ids.length + 2 * encoder.windowCount(ids.length),
        encode: async (of) => ({
          prompt: await states(ids, output, of),
          // diffusers never leaves out layers for the negative prompt.
          negative: negativeIds && (await states(negativeIds, clipSkipOutput(0), of)),
        }),
      };
    },
  };
}

/** The output whose states leave out that many layers. INVALID_INPUT or UNSUPPORTED on `clipSkip` when there is none. */
function outputFor(clipSkip: number, { outputs, layers }: ClipEncoder): string {
  const output = clipSkipOutput(clipSkip);
  if (outputs.includes(output)) return output;
  const [code, max] =
    clipSkip > layers ? (["INVALID_INPUT", layers] as const) : (["UNSUPPORTED", 0] as const);
  throw new KernelError(
    code,
    `clip_skip is ${clipSkip}; this text encoder can leave out at most ${max} layers.`,
    { param: "clipSkip" },
  );
}
