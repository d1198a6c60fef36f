import { basename } from "node:path";
import { KernelError } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import type { ControlNet } from "../control/control-net.ts";
import { controlNameFault } from "../request/fields.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { openControlNet } from "./open-control-net.ts";
import type { ControlledBase, NamedSource } from "./open-control-net.ts";
import type { PublishedControlNets } from "./published-control-nets.ts";

/**
 * Declares the graphs of a launch's ControlNets. LOAD_FAILED names one that is not there, is no ControlNet, or was made for
 * another base model than this.
 */
export async function openControlNets(
  context: LoadContext<DiffusionOptions>,
  base: ControlledBase,
  published: PublishedControlNets,
): Promise<readonly ControlNet[]> {
  const opened: ControlNet[] = [];
  for (const each of namedSources(context.options.controlnet, published))
    opened.push(await openControlNet(context, { ...each, base, published }));
  return opened;
}

/** The sources of a launch's option. A name alone is that of a published ControlNet, and a path alone is called after its folder. */
function namedSources(
  option: DiffusionOptions["controlnet"],
  published: PublishedControlNets,
): readonly NamedSource[] {
  if (option == null) return [];
  if (typeof option === "object" && !Array.isArray(option))
    return Object.entries(option).map(([name, source]) => ({ name, source }));
  const listed = [option].flat().map((source: string): NamedSource => {
    const known = published.find(({ name, repo }) => [name, repo].includes(source));
    return { name: known?.name ?? basename(source).replace(weightsEnding, ""), source };
  });
  for (const [i, { name, source }] of listed.entries()) {
    const isTwice = listed.findIndex((each) => each.name === name) < i;
    const fault = isTwice ? "another one is called so" : controlNameFault(name);
    if (fault === undefined) continue;
    throw new KernelError(
      "LOAD_FAILED",
      `The ControlNet ${source} would be called "${name}": ${fault}. Give it a name with options: { controlnet: { "canny": "${source}" } }.`,
    );
  }
  return listed;
}

const weightsEnding = /\.(safetensors|ckpt|pt|pth|bin)$/i;
