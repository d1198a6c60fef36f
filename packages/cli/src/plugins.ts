import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { discoverPlugins } from "@kindred/core";
import type { Plugin } from "@kindred/core";
import { diffusion } from "@kindred/plugin-diffusion";
import type { DiffusionLimits } from "@kindred/plugin-diffusion";
import { embedding } from "@kindred/plugin-embedding";
import { rerank } from "@kindred/plugin-rerank";

/**
 * Our own plugins, within `limits`, and those that `folder`'s package.json depends on; the folder's replaces ours of the same name. `warn` hears of
 * each that cannot be loaded, and the others remain: the folder may have nothing to do with Kindred.
 */
export async function installedPlugins(
  folder: string,
  warn: (message: string) => void,
  limits: Partial<DiffusionLimits> = {},
): Promise<readonly Plugin[]> {
  const manifest = join(folder, "package.json");
  const leaveOut = (error: Error): void => warn(`Left out of ${manifest}: ${error.message}`);
  const found = await pluginsOf(manifest, leaveOut).catch((error: Error) => {
    leaveOut(error);
    return [];
  });
  const names = new Set(found.map(({ name }) => name));
  const ours = [embedding(), rerank(), diffusion(limits)].filter(({ name }) => !names.has(name));
  return [...ours, ...found];
}

async function pluginsOf(
  manifest: string,
  onFailure: (error: Error) => void,
): Promise<readonly Plugin[]> {
  if (!existsSync(manifest)) return [];
  return discoverPlugins(pathToFileURL(manifest).href, { onFailure });
}
