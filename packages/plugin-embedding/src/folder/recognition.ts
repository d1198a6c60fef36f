import type { ModelListing } from "@kindred/core";
import { namesOf } from "./names.ts";
import { exportFile, weightsFile } from "./weight-files.ts";

/** Whether a folder holds a BERT that encodes texts. */
export function isBertEncoder(model: ModelListing): boolean {
  return model.json("config.json")?.model_type === "bert" && !isClassifier(model);
}

/** Whether a folder has a text encoder of whatever kind as an ONNX export only. */
export function isExportedEncoder(model: ModelListing): boolean {
  if (weightsFile(model) || !exportFile(model) || isClassifier(model)) return false;
  return model.json("config.json")?.hidden_size > 0 && model.files.includes("tokenizer.json");
}

/** Recognises BERT encoders one of whose names fits. */
export function bertNamed(pattern: RegExp): (model: ModelListing) => "own" | false {
  return (model) =>
    isBertEncoder(model) && namesOf(model).some((name) => pattern.test(name)) && "own";
}

/** With a head on top that answers something else. */
function isClassifier(model: ModelListing): boolean {
  return /Classification|Answering/.test(model.json("config.json")?.architectures);
}
