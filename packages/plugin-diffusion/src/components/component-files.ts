import { KernelError } from "@kindred/core";
import type { LaunchListing, ModelListing } from "@kindred/core";
import { exportFiles, exportFolder } from "./component-export.ts";
import { weightFiles } from "./component-weights.ts";
import type { Component } from "./component.ts";
import { requiredJson } from "./required-json.ts";

/** A component's config and its weights or export, each in one form. LOAD_FAILED when one is missing. */
export function componentFiles(
  model: LaunchListing,
  component: Component,
  variant?: string,
): readonly string[] {
  const exported = exportFolder(model, component);
  const config = `${exported ?? component.folder}/config.json`;
  if (exported && !model.json(config)) throw withoutConfig(model, config);
  requiredJson(model, config);
  return [
    config,
    ...(exported ? exportFiles(model, exported) : weightFiles(model, component, variant)),
  ];
}

/** The files of the half of an exported autoencoder that encodes. None where there is no such export. */
export function encoderFiles(model: LaunchListing, encoder: Component): readonly string[] {
  const exported = exportFolder(model, encoder);
  return exported ? exportFiles(model, exported) : [];
}

/** diffusers' own script writes graphs alone, and Optimum keeps the configs. */
function withoutConfig({ id }: LaunchListing, config: string): KernelError {
  return new KernelError(
    "LOAD_FAILED",
    `"${id}" has an ONNX export without ${config}, which says how to run it. Export the model by optimum-cli export onnx.`,
  );
}

/** The files of the tokenizer in this folder. */
export function tokenizerFiles({ files }: ModelListing, folder: string): readonly string[] {
  return tokenizerNames.map((name) => `${folder}/${name}`).filter((file) => files.includes(file));
}

const tokenizerNames = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
];
