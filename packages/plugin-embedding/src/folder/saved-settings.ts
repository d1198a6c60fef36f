import { validatedNow } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import { savedPrompts } from "@kindred/text-encoders";
import type { SavedPrompts } from "@kindred/text-encoders";
import * as z from "zod";

/** The settings that sentence-transformers saves for a whole model. */
export interface SavedSettings extends SavedPrompts {
  /** Leading numbers of each vector that are kept. Default: all. */
  readonly dimensions: number | undefined;
}

const file = "config_sentence_transformers.json";

const schema = z.object({ truncate_dim: z.int().min(1).nullish() });

/** Reads `config_sentence_transformers.json`. LOAD_FAILED names what is not sound. */
export function savedSettings(model: ModelListing): SavedSettings {
  const config = validatedNow(schema, model.json(file) ?? {}, {
    code: "LOAD_FAILED",
    what: `${file} is not sound`,
  });
  return { ...savedPrompts(model), dimensions: config.truncate_dim ?? undefined };
}
