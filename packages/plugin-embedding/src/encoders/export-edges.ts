import { KernelError } from "@kindred/core";
import { checkOutput } from "@kindred/core/onnx";
import type { ExportedGraph, Shape } from "@kindred/core/onnx";
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

/** An output that a graph is asked for. */
export interface AskedOutput {
  readonly name: string;
  /** Whether it has one vector for each text; else it has one for each token. */
  readonly isPooled: boolean;
  /** Numbers in a vector. */
  readonly width: number;
}

/** The shape of an output of a run over `texts` texts, of which the longest has `tokens`; undefined for any number of them. */
export function shapeOf({ isPooled, width }: AskedOutput, texts?: number, tokens?: number): Shape {
  return isPooled ? [texts, width] : [texts, tokens, width];
}

/**
 * The output to ask a graph for: its pooled vectors, else its token states of so many dimensions. A pooling that leaves prompts
 * out needs the states. LOAD_FAILED when it has none of them, or in a type or of a width that is not served.
 */
export function outputFor(
  source: ExportedGraph,
  { includePrompt = true, modes }: Pooling,
  dimensions: number,
): AskedOutput {
  const known = includePrompt ? [pooledOutput, ...states] : states;
  const output = known.find((name) => source.outputs.includes(name));
  if (output === undefined) {
    if (source.outputs.includes(pooledOutput)) throw poolsPrompts(source);
    throw unlike(source, "outputs", known);
  }
  const isPooled = output === pooledOutput;
  const width = isPooled ? modes.length * dimensions : dimensions;
  const asked = { name: output, isPooled, width };
  checkOutput(source, output, shapeOf(asked));
  return asked;
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
