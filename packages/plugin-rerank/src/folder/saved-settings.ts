import { validatedNow } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import { noSettings, savedPrompts, transformerSettings } from "@kindred/text-encoders";
import type { SavedPrompts, TransformerFolder, TransformerSettings } from "@kindred/text-encoders";
import * as z from "zod";

/** The settings that CrossEncoder saves with a model, from its version 5 on. */
export interface SavedSettings extends SavedPrompts {
  readonly transformer: TransformerSettings;
  /** The class of torch that scores go through. Default: it says none. */
  readonly activation: string | undefined;
}

const file = "config_sentence_transformers.json";

const schema = z.object({ activation_fn: z.string().nullish() });

const none: SavedSettings = {
  transformer: noSettings,
  activation: undefined,
  prompts: {},
  defaultPrompt: undefined,
};

/**
 * Reads the settings of a folder that CrossEncoder saved. In other folders they count for nothing, since CrossEncoder does not read them.
 * LOAD_FAILED names what is not sound or not served.
 */
export function savedSettings(model: ModelListing, transformer: TransformerFolder): SavedSettings {
  if (!isSaved(model)) return none;
  const config = validatedNow(schema, model.json(file), {
    code: "LOAD_FAILED",
    what: `${file} is not sound`,
  });
  return {
    transformer: transformerSettings(transformer, "sequence-classification"),
    activation: config.activation_fn ?? undefined,
    ...savedPrompts(model),
  };
}

/** Whether CrossEncoder saved a folder as a model of modules. */
export function isSaved(model: ModelListing): boolean {
  const isModules = model.json("modules.json") !== undefined;
  return isModules && model.json(file)?.model_type === "CrossEncoder";
}
