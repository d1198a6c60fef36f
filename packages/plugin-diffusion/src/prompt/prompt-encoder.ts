import type { GuidedConditions } from "../conditions.ts";
import type { ImageRequest, PromptCut, PromptField } from "../task.ts";

/** A request's texts, undefined where none was sent, and how they are encoded. */
export interface Prompts extends Pick<ImageRequest, PromptField | "maxSequenceLength"> {
  /** Whether guidance steers away from the negative ones. They are not read where it does not. */
  readonly guided: boolean;
  /** Last layers of the text encoder to leave out. */
  readonly clipSkip: number;
  /** Whether texts beyond the encoder's length are cut. */
  readonly truncate: boolean;
}

/** Turns texts into the conditions of a denoiser, by a checkpoint's text encoders. */
export interface PromptEncoder {
  /**
   * Checks and tokenises. The pipeline calls it before the request queues, so it runs no graph. INVALID_INPUT or
   * UNSUPPORTED on a text's field or `clipSkip`; ABORTED by the signal.
   */
  tokenize(prompts: Prompts, signal: AbortSignal): Promise<TokenizedPrompts>;
}

/** Prompts that were checked, with their token ids. */
export interface TokenizedPrompts {
  /** Tokens of the prompt, start and end tokens included. */
  readonly tokens: number;
  /** The prompts that were cut. Default: none. */
  readonly cut?: readonly PromptCut[];
  /** Runs the text encoders. The pipeline calls it once, during the request's turn. Rejects as `Graph.run` does. */
  encode(signal: AbortSignal): Promise<GuidedConditions>;
}
