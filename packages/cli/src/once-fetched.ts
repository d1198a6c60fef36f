import { existsSync } from "node:fs";
import { basename } from "node:path";
import { publishedAs } from "@kindred/core";
import type { Launch } from "@kindred/core";
import { asTyped } from "./as-typed.ts";
import { installedPlugins } from "./plugins.ts";

/** For each launch that names a published model where there is no folder, a line that serves it from the folder that its reason names. */
export async function onceFetched(launches: readonly Launch[]): Promise<readonly string[]> {
  const plugins = await installedPlugins(process.cwd(), () => {});
  const families = plugins.flatMap((plugin) => plugin.families ?? []);
  return launches.flatMap(({ id, source }) => {
    const found = existsSync(source) ? undefined : publishedAs(families, source);
    if (!found) return [];
    const { folder } = found;
    const model = basename(folder) === id ? folder : `${id}=${folder}`;
    return `Once it is fetched: ${asTyped("serve")} --model ${model}`;
  });
}
