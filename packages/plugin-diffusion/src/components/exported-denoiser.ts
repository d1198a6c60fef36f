import type { ModelFolder } from "@kindred/core";
import type { ExportedGraph } from "@kindred/core/onnx";
import type { GraphDenoiserOptions } from "../denoiser.ts";
import { checkExport } from "./check-export.ts";
import { openExported } from "./component-export.ts";
import { floatScalar, scalarInput } from "./scalar-input.ts";
import type { ScalarInput } from "./scalar-input.ts";

/** A denoiser's edges: its names, the conditions the pipeline knows, and the channels of what it gives. */
interface DenoiserEdges {
  readonly names: GraphDenoiserOptions["names"];
  readonly conditions: readonly string[];
  readonly channels: number;
}

/** Opens a denoiser's export in this folder. LOAD_FAILED when it is not sound, or is not such a denoiser. */
export async function openExportedDenoiser(
  model: ModelFolder,
  folder: string,
  { names, conditions, channels }: DenoiserEdges,
): Promise<{ readonly source: ExportedGraph; readonly timestep: ScalarInput }> {
  const source = await openExported(model, folder);
  checkExport(source, {
    inputs: [names.latents, names.timestep, ...conditions],
    output: names.output,
    shape: [undefined, channels, undefined, undefined],
  });
  const input = source.types[names.timestep];
  return { source, timestep: input ? scalarInput(input) : floatScalar };
}
