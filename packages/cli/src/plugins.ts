import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { discoverPlugins } from "@kindred/core";
import type { Plugin } from "@kindred/core";
import { diffusion } from "@kindred/plugin-diffusion";
import { embedding } from "@kindred/plugin-embedding";

/**
 * Our own plugins and those that `folder`'s package.json depends on; the folder's replaces ours of the same name. When the
 * folder's cannot be loaded, `warn` hears why and ours remain: the folder may have nothing to do with Kindred.
 */
export async function installedPlugins(
  folder: string,
  warn: (message: string) => void,
): Promise<readonly Plugin[]> {
  const found = await pluginsOf(folder).catch((error: Error) => {
    warn(`The plugins of ${join(folder, "package.json")} are left out: ${error.message}`);
    return [];
  });
  const names = new Set(found.map(({ name }) => name));
  return [...[embedding(), diffusion()].filter(({ name }) => !names.has(name)), ...found];
}

async function pluginsOf(folder: string): Promise<readonly Plugin[]> {
  const manifest = join(folder, "package.json");
  return existsSync(manifest) ? discoverPlugins(pathToFileURL(manifest).href) : [];
}
