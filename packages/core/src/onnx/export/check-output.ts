import { KernelError } from "../../errors.ts";
import type { Tensor } from "../../graph.ts";
import type { ExportedGraph } from "./open.ts";

/** A shape, in which undefined stands for any number. */
export type Shape = readonly (number | undefined)[];

/**
 * Checks at load what a file says of an output: that there is one of this name, of floats and in this shape. What the file
 * omits is left to `checkResult`. LOAD_FAILED names what it says instead.
 */
export function checkOutput(source: ExportedGraph, output: string, shape: Shape): void {
  if (!source.outputs.includes(output)) {
    const given = source.outputs.join(", ");
    throw unlike(source, `has no output "${output}", but ${given}`);
  }
  const { [output]: type = "float32" } = source.outputTypes;
  if (type !== "float32")
    throw unlike(source, `gives "${output}" as ${type}, not as float32 or float16`);
  const { [output]: dims = [] } = source.outputDims;
  if (!contradict(dims, shape)) return;
  throw unlike(
    source,
    `gives "${output}" as ${told(dims)}, and its config asks for ${told(shape)}`,
  );
}

/** Checks a run's output, of whose shape the file may have said nothing. GRAPH_FAILED with both shapes when it has another. */
export function checkResult(
  { type, dims }: Tensor,
  shape: Shape,
  { graph, output }: { readonly graph: string; readonly output: string },
): void {
  if (type === "float32" && fits(dims, shape)) return;
  const message = `Graph "${graph}" gave "${output}" as ${type} ${told(dims)}, and float32 ${told(shape)} was due. Check that its file and its config belong to the same model.`;
  throw new KernelError("GRAPH_FAILED", message);
}

function fits(dims: readonly number[], shape: Shape): boolean {
  return dims.length === shape.length && !contradict(dims, shape);
}

/** Whether numbers differ, from the last dim on. Some tools note fewer dims than a graph has; onnxruntime lets that pass, too. */
function contradict(dims: Shape, shape: Shape): boolean {
  const due = shape.toReversed();
  return dims
    .toReversed()
    .some((dim, i) => dim !== undefined && due[i] !== undefined && dim !== due[i]);
}

function told(shape: Shape): string {
  return `[${shape.map((dim) => dim ?? "any").join(", ")}]`;
}

function unlike({ path }: ExportedGraph, what: string): KernelError {
  const advice = "Export the model again, and check that config.json belongs to it.";
  return new KernelError("LOAD_FAILED", `"${path}" ${what}. ${advice}`);
}
