import type { Dims, GraphSource, TensorType } from "../graph.ts";
import type { Attributes } from "./attributes.ts";
import { Draft } from "./draft.ts";
import { Parameters } from "./parameters.ts";
import { Scope } from "./scope.ts";
import type { Value } from "./value.ts";
import type { Weights } from "./weights.ts";

export interface WeightOptions {
  /** The shape in checkpoints, where it is not the graph's: a 1×1 convolution used as a linear is `[out, in, 1, 1]`. Trailing ones never matter. */
  readonly stored?: readonly number[];
  /** Elements that the graph makes of each, once, when it opens; for its footprint. Default 1. */
  readonly spread?: number;
}

export interface NodeOptions {
  /** Operator set: "" is ONNX's own (the default), "com.microsoft" has onnxruntime's fused operators. */
  readonly domain?: string;
  /** How many outputs, for `nodes`; default 1. */
  readonly outputs?: number;
}

export interface BuildOptions {
  /** Bytes of activations a run needs, by the dims of its feeds; default 0. */
  workspace?(dims: Dims): number;
}

/** A graph in memory whose weights stay in the checkpoint's files. */
export interface BuiltGraph extends GraphSource {
  readonly model: Uint8Array;
  /** Names of the checkpoint's weights that nothing in the graph asked for. */
  readonly unused: readonly string[];
}

/** A graph under construction, seen from one scope of its weights' names. */
export interface GraphBuilder {
  /** The same graph, with weights looked up at `prefix.`; scopes nest. */
  at(prefix: string): GraphBuilder;
  /** Whether the checkpoint has this weight in this scope. */
  has(name: string): boolean;
  /** A dim with a name ("batch") may differ from run to run. */
  input(name: string, type: TensorType, dims: readonly (string | number)[]): Value;
  output(name: string, value: Value): this;
  /** A weight of this scope, as float32 whatever it is stored as. Missing, misshapen or not of floats is LOAD_FAILED with its name and both shapes. */
  weight(name: string, shape: readonly number[], options?: WeightOptions): Value;
  /** A constant. Dims default to `[values.length]`; `[]` makes a scalar. Equal constants are emitted once. */
  int64(values: readonly number[], dims?: readonly number[]): Value;
  float32(values: readonly number[], dims?: readonly number[]): Value;
  /** An operator with one output. An input that is left out is `undefined`. */
  node(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes?: Attributes,
    options?: NodeOptions,
  ): Value;
  /** An operator with several outputs. */
  nodes(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes?: Attributes,
    options?: NodeOptions,
  ): readonly Value[];
  build(options?: BuildOptions): BuiltGraph;
}

/** Starts a graph over a checkpoint's weights; its name is unique within the model ("unet", "text_encoder"). */
export function graph(name: string, weights: Weights): GraphBuilder {
  const draft = new Draft(name);
  return new Scope(draft, new Parameters(draft, weights), "");
}
