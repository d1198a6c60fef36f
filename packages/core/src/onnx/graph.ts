import type { Dims, GraphSource, TensorType } from "../graph.ts";
import { AdaptedParameters } from "./adapted-parameters.ts";
import type { Attributes } from "./attributes.ts";
import { Draft } from "./draft.ts";
import { Scope } from "./scope.ts";
import { StoredParameters } from "./stored-parameters.ts";
import type { Subgraph } from "./subgraph.ts";
import type { Precision } from "./precision.ts";
import type { QuantizedValue, Value } from "./value.ts";
import type { Weights } from "./weights.ts";

/** How a graph takes its weights. A family passes on what its launch says. */
export interface GraphOptions {
  /** Replaces weights. Default: every weight is used as it is stored. */
  readonly adapt?: Adapt | undefined;
}

/**
 * Gives the Value that a graph uses for one of its weights: `weight` itself, or another of the same shape and type, such as
 * the weight plus a low-rank product (LoRA, arXiv:2106.09685). Called while the graph is built, once for each weight and
 * each shape that the graph sees it in. Its errors pass through the graph's `weight`.
 *
 * `name` is the weight's full name, as the graph asks for it. `g` is the graph at its root. Its weights are as they are
 * stored, so that an adapter can read its matrices beside the checkpoint's weights. Values that depend on weights and
 * constants alone are computed once, when the graph opens.
 */
export type Adapt = (name: string, weight: Value, g: GraphBuilder) => Value;

export interface WeightOptions {
  /**
   * The shape in checkpoints, where it is not the graph's: a 1×1 convolution that is used as a linear has `[out, in, 1, 1]`.
   * Trailing ones never matter.
   */
  readonly stored?: readonly number[];
  /** Elements that the graph makes of each stored one when it opens. The footprint counts them. Default 1. */
  readonly spread?: number;
}

export interface QuantizedOptions extends WeightOptions {
  /** What it is multiplied with. One that is known as a norm's output may be smoothed. */
  readonly of?: Value;
  /** A name that matrices of one `of` share which are smoothed alike. Default: none is like it. */
  readonly together?: string | undefined;
}

export interface NodeOptions {
  /** Operator set: "" is ONNX's own (the default), "com.microsoft" has onnxruntime's fused operators. */
  readonly domain?: string;
  /** Number of outputs, for `nodes`. Default 1. */
  readonly outputs?: number;
}

export interface BuildOptions {
  /** Bytes of activations that a run needs, by the dims of its feeds. Default 0. */
  workspace?(dims: Dims): number;
}

/** An input that the operator gives to a graph within another one. */
export interface SubgraphInput {
  readonly type: TensorType;
  readonly dims: readonly (string | number)[];
}

/** A graph in memory whose weights stay in the checkpoint's files. */
export interface BuiltGraph extends GraphSource {
  readonly model: Uint8Array;
  /** That of its matrices. */
  readonly precision: Precision;
  /** Names of the checkpoint's weights that the graph did not ask for. */
  readonly unused: readonly string[];
}

/** A graph under construction, seen from one scope of its weights' names. */
export interface GraphBuilder {
  /** The same graph, with weights looked up at `prefix.`. Scopes nest. */
  at(prefix: string): GraphBuilder;
  /** Whether the checkpoint has this weight in this scope. */
  has(name: string): boolean;
  /** A dim with a name ("batch") may differ from run to run. */
  input(name: string, type: TensorType, dims: readonly (string | number)[]): Value;
  output(name: string, value: Value): this;
  /**
   * A weight of this scope, as float32 whatever type it is stored as. Equal requests give the same Value. LOAD_FAILED when
   * it is missing, misshapen or not of floats, with its name and both shapes.
   */
  weight(name: string, shape: readonly number[], options?: WeightOptions): Value;
  /**
   * A matrix of this scope [output, input] in fewer bits, or a convolution's kernels [output, input, height, width] in eight, where the weights have
   * it so; undefined otherwise, and where an adapter replaces it. `linear` and `conv2d` ask for it.
   */
  quantized(
    name: string,
    shape: readonly number[],
    options?: QuantizedOptions,
  ): QuantizedValue | undefined;
  /** x itself, known as the output of this scope's norm: its `weight` and `bias` say how large the channels of x are. */
  normalized(x: Value): Value;
  /** What `make` makes, once for each key and graph; within another graph, once more. */
  once<T>(key: string, make: () => T): T;
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
  /**
   * A graph for an attribute of an operator that runs one: the `body` of a Loop, a branch of an If. `make` gets a builder of it, in this
   * scope, and its inputs, and returns its outputs. It may use the Values of the graphs around it; none of its own is seen outside.
   */
  subgraph(
    inputs: readonly SubgraphInput[],
    make: (g: GraphBuilder, inputs: readonly Value[]) => readonly Value[],
  ): Subgraph;
  /** The finished graph, with the memory that its weights take. */
  build(options?: BuildOptions): BuiltGraph;
}

/**
 * Starts a graph over a checkpoint's weights. Its name is unique within the model: "unet", "text_encoder".
 */
export function graph(name: string, weights: Weights, options: GraphOptions = {}): GraphBuilder {
  const { adapt } = options;
  const draft = new Draft(name);
  const stored = new StoredParameters(draft, weights);
  const root = new Scope(draft, stored, "");
  if (!adapt) return root;
  const parameters = new AdaptedParameters(stored, (weight, value) => adapt(weight, value, root));
  return new Scope(draft, parameters, "");
}
