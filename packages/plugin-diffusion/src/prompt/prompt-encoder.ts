import type { Conditions } from "../conditions.ts";

export interface Prompts {
  readonly prompt: string;
  /** undefined where nothing is guided. */
  readonly negativePrompt: string | undefined;
  /** Last layers of the text encoder to leave out. */
  readonly clipSkip: number;
}

/** Turns texts into the conditions of a denoiser, by a checkpoint's text encoders. */
export interface PromptEncoder {
  /**
   * Checks and tokenises. The pipeline calls it before the request queues, so it runs no graph. INVALID_INPUT or
   * UNSUPPORTED on `prompt`, `negativePrompt` or `clipSkip`; ABORTED by the signal.
   */
  tokenize(prompts: Prompts, signal: AbortSignal): Promise<TokenizedPrompts>;
}

/** Prompts that were checked, with their token ids. */
export interface TokenizedPrompts {
  /** Tokens of the prompt, start and end tokens included. */
  readonly tokens: number;
  /** Runs the text encoders. The pipeline calls it once, during the request's turn. Rejects as `Graph.run` does. */
  encode(signal: AbortSignal): Promise<PromptConditions>;
}

/** Conditions of one row each, under the same names. */
export interface PromptConditions {
  readonly prompt: Conditions;
  /** undefined where nothing is guided. Each tensor has the dims of the prompt's. */
  readonly negative: Conditions | undefined;
}
