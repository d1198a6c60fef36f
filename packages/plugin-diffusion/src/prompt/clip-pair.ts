import type { Tensor } from "@kindred/core";
import type { ClipEncoder } from "./clip-encoder.ts";
import { checkClipSkip, penultimateStates } from "./clip-output.ts";
import { tokenizeForClips } from "./clip-texts.ts";
import type { ClipTexts } from "./clip-texts.ts";
import type { Prompts } from "./prompt-encoder.ts";
import type { Side } from "./prompt-texts.ts";
import { joinedWindows, joinedWidths } from "./windows.ts";

/** What two CLIP text encoders say of one side of a request. */
export interface PairedStates {
  /** The states before their last layers, side by side: float32 [1, windows · length, width of both]. */
  readonly states: Tensor;
  /** The projection of each encoder that has one, over its first window: float32 [1, projection_dim]. */
  readonly pooled: readonly Tensor[];
}

export interface PairedTexts extends Pick<ClipTexts, "tokens" | "cut"> {
  /** Runs both encoders. Rejects as `Graph.run` does. */
  encode(side: Side, signal: AbortSignal): Promise<PairedStates>;
}

/** Tokenises a request for two CLIP text encoders. INVALID_INPUT or UNSUPPORTED on a text's field or `clipSkip`. */
export async function tokenizeForPair(
  encoders: readonly [ClipEncoder, ClipEncoder],
  prompts: Prompts,
  signal: AbortSignal,
): Promise<PairedTexts> {
  for (const encoder of encoders) checkClipSkip(penultimateStates, encoder, prompts.clipSkip);
  const { tokens, cut, encode } = await tokenizeForClips(encoders, prompts, signal);
  return {
    tokens,
    cut,
    async encode(side, of) {
      // diffusers never leaves out layers for the negative prompt.
      const clipSkip = side === "prompt" ? prompts.clipSkip : 0;
      const states: Tensor[] = [];
      const pooled: Tensor[] = [];
      for (const [i, encoder] of encoders.entries()) {
        const name = penultimateStates.name(encoder, clipSkip);
        const projection = encoder.outputs.filter((output) => output === "text_embeds");
        const asked = { side, encoder: i, outputs: [name, ...projection] };
        const windows = await encode(asked, of);
        states.push(joinedWindows(windows.map((each) => each[name]!)));
        pooled.push(...projection.map((each) => windows[0]![each]!));
      }
      return { states: joinedWidths(states), pooled };
    },
  };
}
