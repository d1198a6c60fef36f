import { basename } from "node:path";
import type { LoadContext } from "@kindred/core";
import type { ControlNet } from "../control/control-net.ts";
import type { UNetConfig } from "../graphs/unet-config.ts";
import type { DiffusionOptions } from "../request/launch-options.ts";
import type { NamedSource } from "./attach-control-net.ts";
import { openControlNet } from "./open-control-net.ts";

import type { PublishedControlNets } from "./published-control-nets.ts";

/**
 * Declares the graphs of a launch's ControlNets. LOAD_FAILED names one that is not there, is no ControlNet, or was made for
 * another UNet than this.
 */
export async function openControlNets(
  context: LoadContext<DiffusionOptions>,
  base: UNetConfig,
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
  return [option].flat().map((source: string) => {
    const known = published.some(({ name }) => name === source);
    return { name: known ? source : basename(source), source };
  });
}
