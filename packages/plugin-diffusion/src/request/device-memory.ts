import { formatBytes, KernelError } from "@kindred/core";
import type { Device, Dims, Graph } from "@kindred/core";
import type { Size } from "../task.ts";
import { sizeText } from "./size.ts";

/** A run of a graph, by the shapes of its feeds. */
export interface GraphRun {
  readonly graph: Graph;
  readonly dims: Dims;
}

/** Whether a device may hold a run, alone, whatever else is open. */
export function holds(device: Device, { graph, dims }: GraphRun): boolean {
  return graph.bytes(dims) <= device.bytes;
}

/** INVALID_INPUT on `width`, with the numbers, when it never may. `size` is the one asked for. */
export function refuseIfTooLarge(
  run: GraphRun,
  { device, size }: { readonly device: Device; readonly size: Size },
): void {
  if (holds(device, run)) return;
  const needed = formatBytes(run.graph.bytes(run.dims));
  throw new KernelError(
    "INVALID_INPUT",
    `${sizeText(size)} pixels need ${needed} for "${run.graph.source.name}"; ${device.id} has ${formatBytes(device.bytes)} in all. Ask for fewer pixels, or give it more memory.`,
    { param: "width" },
  );
}
