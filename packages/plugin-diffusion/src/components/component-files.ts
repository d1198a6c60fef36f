import type { ModelListing } from "@kindred/core";
import { exportFiles, exportFolder } from "./component-export.ts";
import { weightFiles } from "./component-weights.ts";
import type { Component } from "./component.ts";
import { requiredJson } from "./required-json.ts";

/** A component's config and its weights or export, each in one form. LOAD_FAILED when one is missing. */
export function componentFiles(
  model: ModelListing,
  component: Component,
  variant?: string,
): readonly string[] {
  const exported = exportFolder(model, component);
  const config = `${exported ?? component.folder}/config.json`;
  requiredJson(model, config);
  return [
    config,
    ...(exported ? exportFiles(model, exported) : weightFiles(model, component, variant)),
  ];
}

/** The files of the tokenizer in this folder. */
export function tokenizerFiles({ files }: ModelListing, folder: string): readonly string[] {
  return tokenizerNames.map((name) => `${folder}/${name}`).filter((file) => files.includes(file));
}

const tokenizerNames = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "vocab.json",
  "merges.txt",
];
