import type { Tensor } from "@kindred/core";

export interface Prompts {
  readonly prompt: string;
  /** undefined where there is no guidance. */
  readonly negativePrompt: string | undefined;
  readonly clipSkip: number;
}

/** What the denoiser attends to: [1, sequence, width] each, of one length. */
export interface PromptStates {
  readonly prompt: Tensor;
  readonly negative: Tensor | undefined;
  /** Of the prompt, start and end tokens included. */
  readonly tokens: number;
}

/** Turns texts into the states of a checkpoint's text encoders. */
export interface PromptEncoder {
  /** INVALID_INPUT on `prompt`, `negativePrompt` or `clipSkip` when they are more than it takes; says so before any graph runs. */
  encode(prompts: Prompts, signal: AbortSignal): Promise<PromptStates>;
}
