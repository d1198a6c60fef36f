export { checkOutput, checkResult } from "./export/check-output.ts";
export type { Shape } from "./export/check-output.ts";
export { openExport } from "./export/open.ts";
export type { ExportedGraph, InputType } from "./export/open.ts";
export type { Attributes } from "./attributes.ts";
export { graph } from "./graph.ts";
export type {
  Adapt,
  BuildOptions,
  BuiltGraph,
  GraphBuilder,
  GraphOptions,
  NodeOptions,
  QuantizedOptions,
  SubgraphInput,
  WeightOptions,
} from "./graph.ts";
export { gelu, geluTanh, quickGelu, silu } from "./nn/activation.ts";
export { add, mul, normalize } from "./nn/arithmetic.ts";
export { attention } from "./nn/attention.ts";
export type { AttentionOptions } from "./nn/attention.ts";
export { causalAttention } from "./nn/causal-attention.ts";
export type { CausalAttentionOptions } from "./nn/causal-attention.ts";
export { conv2d } from "./nn/conv2d.ts";
export type { Conv2dOptions } from "./nn/conv2d.ts";
export { either, forEach } from "./nn/control-flow.ts";
export type { Branches } from "./nn/control-flow.ts";
export { embedding } from "./nn/embedding.ts";
export { groupNorm } from "./nn/group-norm.ts";
export type { GroupNormOptions } from "./nn/group-norm.ts";
export { layerNorm } from "./nn/layer-norm.ts";
export type { LayerNormOptions } from "./nn/layer-norm.ts";
export { joinWeights } from "./join-weights.ts";
export { linear } from "./nn/linear.ts";
export type { LinearOptions } from "./nn/linear.ts";
export { splitLinear } from "./nn/split-linear.ts";
export { cast, concat, reshape, shapeOf, slice, split, transpose, unsqueeze } from "./nn/shape.ts";
export type { SliceOptions } from "./nn/shape.ts";
export { relativeBias } from "./nn/relative-bias.ts";
export type { RelativeBiasOptions } from "./nn/relative-bias.ts";
export { padding, paddedAttention } from "./nn/padded-attention.ts";
export type { PaddedAttentionOptions, Padding } from "./nn/padded-attention.ts";
export { rmsNorm } from "./nn/rms-norm.ts";
export { rotate, rotation } from "./nn/rotary.ts";
export type { RotaryOptions, Rotation } from "./nn/rotary.ts";
export { skipLayerNorm } from "./nn/skip-layer-norm.ts";
export type { SkipLayerNormOptions } from "./nn/skip-layer-norm.ts";
export { upsample } from "./nn/upsample.ts";
export { windowAttention, windows } from "./nn/window-attention.ts";
export type { WindowAttentionOptions, Windows } from "./nn/window-attention.ts";
export { leastShareOf, precisions } from "./precision.ts";
export type { Precision } from "./precision.ts";
export { openWeights } from "./open-weights.ts";
export { openPytorch } from "./pytorch/open.ts";
export { readTensor } from "./read-tensor.ts";
export { renameWeights } from "./rename-weights.ts";
export { openSafetensors } from "./safetensors/open.ts";
export type { Subgraph } from "./subgraph.ts";
export type { QuantizedValue, Value } from "./value.ts";
export type { OverNorm, QuantizedTensor, Rounding, StoredTensor, Weights } from "./weights.ts";
