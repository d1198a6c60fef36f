import type { LoadContext } from "@kindred/core";
import type { BuiltGraph, Rounding, Weights } from "@kindred/core/onnx";
import { graphInPrecision } from "@kindred/core/precision";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { precisionOf } from "../request/precision.ts";
import { componentWeights } from "./component-weights.ts";
import type { Component } from "./component.ts";
import { warnOfUnused } from "./unused-weights.ts";

/**
 * A component's graph over its weights, in the launch's precision; it is not declared yet. In int8, `rounding` says what of the inputs of
 * its matrices shares a scale. Weights that it leaves unused are logged.
 */
export async function componentGraph(
  context: LoadContext<DiffusionOptions>,
  component: Component,
  rounding: Rounding,
  build: (weights: Weights) => BuiltGraph,
): Promise<BuiltGraph> {
  const source = await partGraph(context, component, rounding, build);
  warnOfUnused(context, source);
  return source;
}

/** The same for a part of the component, of whose weights another graph uses more. */
export async function partGraph(
  context: LoadContext<DiffusionOptions>,
  component: Component,
  rounding: Rounding,
  build: (weights: Weights) => BuiltGraph,
): Promise<BuiltGraph> {
  const { model, options } = context;
  const weights = await componentWeights(model, component, options.variant);
  const precision = precisionOf(options, component.folder);
  return graphInPrecision(context, precision, weights, build, rounding);
}
