import type { LaunchListing, LoadContext, ModelFolder } from "@kindred/core";
import { openExported } from "./open-exported.ts";
import { openNetwork } from "./open-network.ts";
import { graphUpscaler } from "./upscaler.ts";
import type { Upscaler } from "./upscaler.ts";
import { requiredUpscaler } from "./upscaler-file.ts";

/** The files that `openUpscaler` reads of a model. LOAD_FAILED when it is no upscaler. */
export function upscalerFiles(model: LaunchListing): readonly string[] {
  const { file, kind } = requiredUpscaler(model);
  // A graph's weights may lie beside it, under any name.
  return kind === "weights" ? [file] : model.files.filter((each) => !each.includes("/"));
}

/** Declares the graph of an upscaler. LOAD_FAILED when the file is not sound, or is of a network that does not enlarge pictures. */
export async function openUpscaler(
  context: Pick<LoadContext, "device" | "graph">,
  model: ModelFolder,
): Promise<Upscaler> {
  const { file, kind } = requiredUpscaler(model);
  const open = kind === "weights" ? openNetwork : openExported;
  const name = file.replace(/\.\w+$/, "");
  return graphUpscaler({ name, ...(await open(context, model, file)) }, context.device);
}
