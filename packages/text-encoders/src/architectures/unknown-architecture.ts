import { join } from "node:path/posix";
import { KernelError, shorten } from "@kindred/core";
import type { TransformerFolder } from "../folder/transformer-folder.ts";
import { transformerTasks } from "../folder/transformer-task.ts";
import type { TransformerTask } from "../folder/transformer-task.ts";
import type { Architecture, ModelConfig } from "./architecture.ts";
import { customCode } from "./custom-code.ts";
import { knownNetwork } from "./known-networks.ts";

/** Characters of a field's value that are quoted. */
const maxQuoted = 120;

/** LOAD_FAILED for a folder that is of none of these architectures: says what it is, and what is served. */
export function unknownArchitecture(
  { id, json, directory }: TransformerFolder,
  architectures: readonly Architecture[],
  task: TransformerTask,
): KernelError {
  const config: ModelConfig | undefined = json("config.json");
  const file = join(directory, "config.json");
  const found = config ? `${file} says ${described(config, architectures)}` : `there is no ${file}`;
  const network = config && knownNetwork(config);
  const known = network === undefined ? "" : ` It is ${network}.`;
  const served = architectures.map(({ name }) => name).join(", ");
  return new KernelError(
    "LOAD_FAILED",
    `"${id}" is of no architecture that has a graph here: ${found}.${known} Architectures that have one: ${served}. Any other is served from an ONNX export: add onnx/model.onnx, as Optimum exports it for ${transformerTasks[task].exported}.`,
  );
}

/** The fields that tell an architecture, and those that tell a variant of a known one. */
function described(config: ModelConfig, known: readonly Architecture[]): string {
  const { model_type, architectures } = config;
  const sibling = known.find(({ name }) => name === model_type);
  const fields = {
    model_type,
    architectures,
    auto_map: customCode(config),
    feed_forward_type: config["feed_forward_type"],
    ...Object.fromEntries(sibling?.differing?.(config).map((name) => [name, config[name]]) ?? []),
  };
  const set = Object.entries(fields).filter(([, value]) => value);
  if (set.length === 0) return "no model_type";
  return set
    .map(([name, value]) => `${name} ${shorten(JSON.stringify(value), maxQuoted)}`)
    .join(", ");
}
