import type { ModelFolder } from "@kindred/core";
import { namesOf } from "./names.ts";

/** Whether a folder holds a BERT that encodes texts; one with a classifier on top answers other questions. */
export function isBertEncoder(model: ModelFolder): boolean {
  const config = model.json("config.json");
  return config?.model_type === "bert" && !/Classification|Answering/.test(config.architectures);
}

/** Recognises BERT encoders one of whose names fits. */
export function bertNamed(pattern: RegExp): (model: ModelFolder) => "own" | false {
  return (model) =>
    isBertEncoder(model) && namesOf(model).some((name) => pattern.test(name)) && "own";
}
