import { basename } from "node:path";
import { fetchCommand, isKernelError, KernelError } from "@kindred/core";
import type { LoadContext, ModelFolder } from "@kindred/core";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { controlNetFileIn } from "../single-file/control-net-file.ts";
import { weightFiles } from "./component-weights.ts";
import type { Component } from "./component.ts";
import type { PublishedControlNets } from "./published-control-nets.ts";

/** A ControlNet has a folder of its own. */
export const component: Component = { folder: "", stem: "diffusion_pytorch_model" };
export const configFile = "config.json";

/** A ControlNet of a launch: the name that requests have for it, and where it is. */
export interface NamedSource {
  readonly name: string;
  readonly source: string;
}

/** Finds a ControlNet's folder, or its file. Where a published one's name leads to none, LOAD_FAILED has the command that fetches it. */
export async function attachControlNet(
  { attach, options: { variant } }: LoadContext<DiffusionOptions>,
  { name, source }: NamedSource,
  published: PublishedControlNets,
): Promise<ModelFolder> {
  const checkpoint = published.find((each) => [each.name, each.repo].includes(source));
  try {
    return await attach(checkpoint?.repo ?? source, (model) => {
      const single = controlNetFileIn(model);
      if (single) return [single.file];
      const { _class_name: found } = model.json(configFile) ?? {};
      if (found === "ControlNetModel")
        return [configFile, ...weightFiles(model, component, variant)];
      const what = found === undefined ? `has no ${configFile}` : `is a ${String(found)}`;
      throw new KernelError(
        "LOAD_FAILED",
        `ControlNet "${name}" (${source}) ${what}, and not a ControlNetModel in diffusers' layout. Name the folder of one, or its file.`,
      );
    });
  } catch (error) {
    if (!checkpoint || !isKernelError(error) || error.cause === undefined) throw error;
    const folder = `models/${basename(checkpoint.repo)}`;
    const message = `ControlNet "${name}" is published as ${checkpoint.repo}. Fetch it, then launch with options: { controlnet: { "${name}": "${folder}" } }:`;
    const command = fetchCommand({ checkpoint, folder });
    throw new KernelError("LOAD_FAILED", `${message}\n  ${command}`, { cause: error });
  }
}
