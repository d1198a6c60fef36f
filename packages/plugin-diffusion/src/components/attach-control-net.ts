import { basename } from "node:path";
import { fetchCommand, isAbsence, KernelError } from "@kindred/core";
import type { LaunchListing, LoadContext, ModelFolder } from "@kindred/core";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { controlNetFilesIn } from "../single-file/control-net-file.ts";
import { weightFiles } from "./component-weights.ts";
import type { Component } from "./component.ts";
import type { PublishedControlNets } from "./published-control-nets.ts";

/** A ControlNet has a folder of its own. */
export const component: Component = { folder: "", stem: "diffusion_pytorch_model" };
export const configFile = "config.json";

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
    throw refused(`It is a folder of several: ${files}. Name one of the files.`);
  }
  if (single) return [single.file];
  const config = model.json(configFile);
  if (!config)
    throw refused(
      `It has no ${configFile}, and is no file of a ControlNet. Name the folder of one, or its file.`,
    );
  if (config._class_name !== "ControlNetModel")
    throw refused(
      `Its ${configFile} is that of a ${String(config._class_name ?? "nameless class")}, and not of a ControlNetModel. Name the folder of one, or its file.`,
    );
  const named = { ...model, id: model.names[0] ?? model.id };
  return [configFile, ...weightFiles(named, component, variant)];
}

function refused(message: string): KernelError {
  return new KernelError("LOAD_FAILED", message);
}
