import { KernelError } from "@kindred/core";
import type { ExportedGraph } from "@kindred/core/onnx";
import type { Pooling } from "../graphs/pooling.ts";

/** The output of exports that pool by themselves, as sentence-transformers' do. */
export const pooledOutput = "sentence_embedding";

/** Outputs with token states. */
const states = ["last_hidden_state", "token_embeddings"];
const inputs: Readonly<Record<string, readonly string[]>> = {
  input_ids: ["int64", "int32"],
  attention_mask: ["int64", "int32"],
  token_type_ids: ["int64", "int32"],
};

/** LOAD_FAILED when a graph has an input that an encoder of texts has not. */
export function checkInputs(source: ExportedGraph): void {
  const known = Object.keys(inputs);
  if (!source.inputs.every((name) => known.includes(name))) throw unlike(source, "inputs", known);
  const strange = source.inputs.find((name) => !inputs[name]!.includes(source.types[name]!.type));
  if (strange === undefined) return;
  throw refuse(source, `takes "${strange}" as ${source.types[strange]!.type}, not as integers`);
}

/**
 * The output to ask a graph for: its pooled vectors, else its token states. A pooling that leaves prompts out needs the states.
 * LOAD_FAILED when it has none of them, or in a type that is not served.
 */
export function outputFor(source: ExportedGraph, { includePrompt = true }: Pooling): string {
  const known = includePrompt ? [pooledOutput, ...states] : states;
  const output = known.find((name) => source.outputs.includes(name));
  if (output === undefined) {
    if (source.outputs.includes(pooledOutput)) throw poolsPrompts(source);
    throw unlike(source, "outputs", known);
  }
  const type = source.outputTypes[output] ?? "float32";
  if (type === "float32") return output;
  throw refuse(source, `gives "${output}" as ${type}, not as float32 or float16`);
}

function poolsPrompts(source: ExportedGraph): KernelError {
  const gives = `gives "${pooledOutput}" alone, in which prompts are pooled, and the model's pooling leaves them out (include_prompt: false)`;
  return refuse(source, gives);
}

function unlike(
  source: ExportedGraph,
  what: "inputs" | "outputs",
  known: readonly string[],
): KernelError {
  return refuse(
    source,
    `has the ${what} ${source[what].join(", ")}; known are ${known.join(", ")}`,
  );
}

function refuse({ path }: ExportedGraph, what: string): KernelError {
  const advice = "Export it with Optimum for feature extraction.";
  return new KernelError("LOAD_FAILED", `${path} ${what}. ${advice}`);
}
