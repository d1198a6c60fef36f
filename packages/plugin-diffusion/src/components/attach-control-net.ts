import { basename } from "node:path";
import { fetchCommand, isAbsence, KernelError } from "@kindred/core";
import type { LaunchListing, LoadContext, ModelFolder } from "@kindred/core";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { controlNetFilesIn } from "../single-file/control-net-file.ts";
import { ownFiles } from "./own-folder.ts";
import type { Wanted } from "./own-folder.ts";
import type { PublishedControlNets } from "./published-control-nets.ts";

const wanted: Wanted = {
  className: "ControlNetModel",
  otherwise: ", and is no file of a ControlNet",
  advice: "Name the folder of one, or its file.",
};

/**
 * Finds a ControlNet's folder, or its file. A path comes before a published one's name, which stands for its known revision. Where that leads to none, LOAD_FAILED has
 * the command that fetches it.
 */
export async function attachControlNet(
  context: LoadContext<DiffusionOptions>,
  source: string,
  published: PublishedControlNets,
): Promise<ModelFolder> {
  const checkpoint = published.find((each) => [each.name, each.repo].includes(source));
  const attached = (from: string) =>
    context.attach(from, (model) => controlNetFiles(model, context.options.variant));
  if (!checkpoint) return attached(source);
  const { repo, revision } = checkpoint;
  for (const from of [source, `${repo}@${revision}`, repo]) {
    try {
      return await attached(from);
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
  }
  const folder = `models/${basename(repo)}`;
  const message = `It is published as ${repo}. Fetch it, then launch with options: { controlnet: { "${checkpoint.name}": "${folder}" } }:`;
  throw new KernelError("LOAD_FAILED", `${message}\n  ${fetchCommand({ checkpoint, folder })}`);
}

/** The files of a ControlNet. LOAD_FAILED when a model is none. */
function controlNetFiles(model: LaunchListing, variant: string | undefined): readonly string[] {
  const [single, ...others] = controlNetFilesIn(model);
  if (others.length > 0) {
    const files = [single!, ...others].map(({ file }) => file).join(", ");
    const message = `It is a folder of several: ${files}. Name one of the files.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  return single ? [single.file] : ownFiles(model, wanted, variant);
}
