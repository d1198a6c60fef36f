import type { KernelError } from "@kindred/core";
import { checkOutput } from "@kindred/core/onnx";
import type { ExportedGraph, Shape } from "@kindred/core/onnx";
import { notServed, unlike } from "@kindred/text-encoders";
import type { Pooling } from "../graphs/pooling.ts";

/** The output of exports that pool by themselves, as sentence-transformers' do. */
export const pooledOutput = "sentence_embedding";

/** Outputs with token states. */
const states = ["last_hidden_state", "token_embeddings"];

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
  return notServed(source, gives);
}
