import { validatedNow } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import * as z from "zod";
import type { Prompts } from "./prompts.ts";

/** The prompts that sentence-transformers saves with a model. */
export interface SavedPrompts {
  readonly prompts: Prompts;
  /** The prompt for texts that are sent without one. */
  readonly defaultPrompt: string | undefined;
}

const file = "config_sentence_transformers.json";

/** Prompts of a model, and characters of one, which goes before every text. */
const maxPrompts = 1000;
const maxPromptLength = 10_000;

const schema = z.object({
  prompts: z
    .record(z.string(), z.string().max(maxPromptLength).nullable())
    .refine((prompts) => Object.keys(prompts).length <= maxPrompts, {
      error: `expected at most ${maxPrompts} prompts`,
    })
    .nullish(),
  default_prompt_name: z.string().nullish(),
});

/** Reads the prompts of `config_sentence_transformers.json`. LOAD_FAILED names what is not sound. */
export function savedPrompts(model: ModelListing): SavedPrompts {
  const config = validatedNow(schema, model.json(file) ?? {}, {
    code: "LOAD_FAILED",
    what: `${file} is not sound`,
  });
  const prompts = Object.entries(config.prompts ?? {}).map(([name, text]) => [name, text ?? ""]);
  return {
    prompts: Object.fromEntries(prompts),
    defaultPrompt: config.default_prompt_name ?? undefined,
  };
}
