import type { NegativeField, PromptField } from "../task.ts";
import type { PromptText } from "./clip-encoder.ts";
import type { Prompts } from "./prompt-encoder.ts";

/** A request's texts: those for the prompt, or those that guidance steers away from. */
export type Side = "prompt" | "negative";

/** The fields of each side, by the number of the text encoder. */
const fields = {
  prompt: ["prompt", "prompt2", "prompt3"],
  negative: ["negativePrompt", "negativePrompt2", "negativePrompt3"],
} as const satisfies Record<Side, readonly PromptField[]>;

/**
 * The text for text encoder `i`, from 0. One that was not sent, or is empty, is that of the first, as in diffusers. Its field
 * is the one that it came from.
 */
export function promptText(prompts: Prompts, side: Side, i: number): PromptText {
  const [first] = fields[side];
  const own = fields[side][i] ?? first;
  const field = prompts[own] ? own : first;
  return { text: prompts[field] ?? "", field, truncate: prompts.truncate };
}

/** Whether a request says nothing of what to steer away from. */
export function hasNoNegative(prompts: Partial<Record<NegativeField, unknown>>): boolean {
  return fields.negative.every((field) => prompts[field] === undefined);
}
