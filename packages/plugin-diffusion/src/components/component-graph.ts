import type { Dims, LoadContext } from "@kindred/core";
import type { BuiltGraph, Precision, Rounding, Weights } from "@kindred/core/onnx";
import { graphInPrecision, precisionThatFits } from "@kindred/core/precision";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { precisionOf } from "../request/precision.ts";
import { componentWeights } from "./component-weights.ts";
import type { Component } from "./component.ts";
import { warnOfUnused } from "./unused-weights.ts";

/** Rows of a denoiser's run with guidance, for one picture. */
export const guidedRows = 2;

export interface ComponentRun {
  /** What of the inputs of its matrices shares a scale, in int8. */
  readonly rounding: Rounding;
  /** Dims of the feeds of an ordinary run. "auto" takes a precision that leaves memory for it. */
  readonly dims: Dims;
}

/**
 * A component's graph over its weights, in the launch's precision; it is not declared yet. Weights that it leaves unused are logged.
 */
export async function componentGraph(
  context: LoadContext<DiffusionOptions>,
  component: Component,
  { rounding, dims }: ComponentRun,
  build: (weights: Weights) => BuiltGraph,
): Promise<BuiltGraph> {
  const { model, options } = context;
  const weights = await componentWeights(model, component, options.variant);
  const choice = precisionOf(options, component.folder);
  const fitting = { weights, build, rounding, dims };
  const precision = precisionThatFits(context, choice, fitting);
  const source = await graphInPrecision(context, precision, weights, build, rounding);
  warnOfUnused(context, source);
  return source;
}

/** The same for a part of the component, in the precision of the whole, which uses more of its weights. */
export async function partGraph(
  context: LoadContext<DiffusionOptions>,
  component: Component,
  { rounding, precision }: { readonly rounding: Rounding; readonly precision: Precision },
  build: (weights: Weights) => BuiltGraph,
): Promise<BuiltGraph> {
  const weights = await componentWeights(context.model, component, context.options.variant);
  return graphInPrecision(context, precision, weights, build, rounding);
}
