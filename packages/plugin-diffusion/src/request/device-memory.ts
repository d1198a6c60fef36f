import { formatBytes, KernelError } from "@kindred/core";
import type { Device } from "@kindred/core";
import type { Denoiser } from "../denoiser.ts";
import type { Size } from "../task.ts";
import { sizeText } from "./size.ts";

/** A component that runs a graph over latents. */
export type LatentComponent = Pick<Denoiser, "graph" | "dims">;

/** Whether a component may run over latents of these dims, alone on its device, whatever else is open. */
export function holds(
  device: Device,
  { graph, dims }: LatentComponent,
  latents: readonly number[],
): boolean {
  return graph.bytes(dims(latents)) <= device.bytes;
}

/** INVALID_INPUT on `width`, with the numbers, when it never may. `size` is the one asked for. */
export function refuseIfTooLarge(
  component: LatentComponent,
  latents: readonly number[],
  { device, size }: { readonly device: Device; readonly size: Size },
): void {
  if (holds(device, component, latents)) return;
  const { graph, dims } = component;
  const needed = formatBytes(graph.bytes(dims(latents)));
  throw new KernelError(
    "INVALID_INPUT",
    `${sizeText(size)} pixels need ${needed} for "${graph.source.name}"; ${device.id} has ${formatBytes(device.bytes)} in all. Ask for fewer pixels, or give it more memory.`,
    { param: "width" },
  );
}
