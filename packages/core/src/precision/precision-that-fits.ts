import { KernelError } from "../errors.ts";
import type { LoadContext } from "../family.ts";
import type { Dims } from "../graph.ts";
import { precisions } from "../onnx/index.ts";
import type { BuiltGraph, Precision, PrecisionChoice, Rounding, Weights } from "../onnx/index.ts";
import { recordedMatrices } from "./recorded-matrices.ts";
import { withQuantized } from "./with-quantized.ts";

/** A graph that is to fit its device. */
export interface Fitting {
  readonly weights: Weights;
  readonly build: (weights: Weights) => BuiltGraph;
  /** Dims of a run's feeds for which there is to be memory, too. */
  readonly dims: Dims;
  /** What of its inputs shares a scale in "int8". Default "row". */
  readonly rounding?: Rounding;
}

/**
 * The precision that a launch asks for; for "auto", the most exact one in which the graph can be opened, and run, by itself on its device: what
 * else is open may be closed for it. Nothing is rounded for the choice. DEVICE_EXHAUSTED when it fits in none, with the numbers of the smallest.
 */
export function precisionThatFits(
  context: Pick<LoadContext, "shortage">,
  choice: PrecisionChoice,
  { dims, ...graph }: Fitting,
): Precision {
  if (choice !== "auto") return choice;
  const planned = planner(graph);
  const tried = [];
  for (const precision of precisions) {
    const source = planned(precision);
    const shortage = context.shortage(source, dims);
    if (!shortage) return precision;
    const bytes = Math.max(source.peakBytes, source.bytes + (source.workspace?.(dims) ?? 0));
    tried.push({ precision, bytes, message: shortage.message });
  }
  const [smallest] = tried.toSorted((a, b) => a.bytes - b.bytes);
  const { precision, message } = smallest!;
  throw new KernelError("DEVICE_EXHAUSTED", `No precision fits. In ${precision}, ${message}`);
}

/** Gives the graph as it would be in a precision, over matrices that are not there. */
function planner({ weights, build, rounding = "row" }: Omit<Fitting, "dims">) {
  const absent = { dtype: "U8", shape: [], location: "absent", offset: 0, length: 0 };
  const stored = { folder: weights.folder, get: () => absent };
  return function planned(precision: Precision): BuiltGraph {
    if (precision === "float32") return build(weights);
    const held = withQuantized(weights, stored, { precision, rounding });
    // Convolutions are among them in "int8" alone.
    const matrices = recordedMatrices(weights, build, precision, rounding);
    const known = new Set(matrices.map(({ name }) => name));
    const quantized: Weights["quantized"] = (name, ...rest) =>
      known.has(name) ? held.quantized!(name, ...rest) : undefined;
    return build({ ...held, quantized });
  };
}
