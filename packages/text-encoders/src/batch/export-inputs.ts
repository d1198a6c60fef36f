import { KernelError } from "@kindred/core";
import type { Tensor } from "@kindred/core";
import type { ExportedGraph } from "@kindred/core/onnx";
import { transformerTasks } from "../folder/transformer-task.ts";
import type { TransformerTask } from "../folder/transformer-task.ts";
import { batchOf, tokenTypesOf } from "./batch.ts";
import type { TokenRow } from "./batch.ts";

/** What an export may ask for, and in which types. */
const inputs: Readonly<Record<string, readonly string[]>> = {
  input_ids: ["int64", "int32"],
  attention_mask: ["int64", "int32"],
  token_type_ids: ["int64", "int32"],
};

/** LOAD_FAILED when a graph has an input that an encoder of texts has not. */
export function checkInputs(source: ExportedGraph, task?: TransformerTask): void {
  const known = Object.keys(inputs);
  if (!source.inputs.every((name) => known.includes(name))) {
    throw unlike(source, "inputs", known, task);
  }
  const strange = source.inputs.find((name) => !inputs[name]!.includes(source.types[name]!.type));
  if (strange === undefined) return;
  const takes = `takes "${strange}" as ${source.types[strange]!.type}, not as integers`;
  throw notServed(source, takes, task);
}

/** The inputs of a run over `rows`, as the graph names and types them. */
export function exportFeeds(
  { inputs: names, types }: Pick<ExportedGraph, "inputs" | "types">,
  rows: readonly TokenRow[],
): Readonly<Record<string, Tensor>> {
  const all: Readonly<Record<string, Tensor>> = {
    ...batchOf(rows),
    token_type_ids: tokenTypesOf(rows),
  };
  return Object.fromEntries(names.map((name) => [name, as(types[name]!.type, all[name]!)]));
}

/** LOAD_FAILED for a graph whose inputs or outputs are none of those that are known. */
export function unlike(
  source: ExportedGraph,
  what: "inputs" | "outputs",
  known: readonly string[],
  task?: TransformerTask,
): KernelError {
  const has = `has the ${what} ${source[what].join(", ")}; known are ${known.join(", ")}`;
  return notServed(source, has, task);
}

/** LOAD_FAILED: says what of an export is not served, and how to export the model for its task. */
export function notServed(
  { path }: ExportedGraph,
  what: string,
  task: TransformerTask = "feature-extraction",
): KernelError {
  const advice = `Export it with Optimum for ${transformerTasks[task].exported}.`;
  return new KernelError("LOAD_FAILED", `${path} ${what}. ${advice}`);
}

/** The tensor in the graph's own integers. */
function as(type: string, tensor: Tensor): Tensor {
  if (type !== "int32") return tensor;
  const data = Int32Array.from(tensor.data as BigInt64Array, Number);
  return { type: "int32", dims: tensor.dims, data };
}
