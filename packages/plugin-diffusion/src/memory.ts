import { formatBytes, KernelError } from "@kindred/core";
import type { Device, Dims, Graph } from "@kindred/core";

/** What a device can hold of a model's runs. */
export interface Memory {
  readonly device: Device;
  /** What an open graph takes beside weights and activations. */
  readonly overheadBytes: number;
}

/** Whether a graph may run over these dims, alone on the device: the same for every request of a launch, whatever else is open. */
export function holds(memory: Memory, graph: Graph, dims: Dims): boolean {
  return needed(memory, graph, dims) <= memory.device.bytes;
}

/** INVALID_INPUT on `width`, with the numbers, when it never can. */
export function refuseIfTooLarge(memory: Memory, graph: Graph, dims: Dims, size: string): void {
  if (holds(memory, graph, dims)) return;
  const { device } = memory;
  throw new KernelError(
    "INVALID_INPUT",
    `${size} pixels need ${formatBytes(needed(memory, graph, dims))} for "${graph.source.name}"; ${device.id} has ${formatBytes(device.bytes)} in all. Ask for fewer pixels, or give it more memory.`,
    { param: "width" },
  );
}

function needed({ overheadBytes }: Memory, { source }: Graph, dims: Dims): number {
  return source.bytes + overheadBytes + (source.workspace?.(dims) ?? 0);
}
