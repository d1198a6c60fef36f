import { KernelError } from "@kindred/core";
import { checkOutput } from "@kindred/core/onnx";
import type { ExportedGraph, Shape } from "@kindred/core/onnx";

/** The inputs that the pipeline can feed a graph, and the output that it asks for. */
export interface ExportEdges {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly shape: Shape;
}

/** LOAD_FAILED when an export takes another input, or does not give the output as it is read. */
export function checkExport(source: ExportedGraph, { inputs, output, shape }: ExportEdges): void {
  checkOutput(source, output, shape);
  const strange = source.inputs.find((name) => !inputs.includes(name));
  if (strange === undefined) return;
  const message = `"${source.path}" takes the input "${strange}"; known are ${inputs.join(", ")}. Export the model by optimum-cli export onnx.`;
  throw new KernelError("LOAD_FAILED", message);
}
