import { existsSync } from "node:fs";
import { basename } from "node:path";
import { publishedAs } from "@kindred/core";
import type { Kernel, Launch } from "@kindred/core";
import { asTyped } from "./as-typed.ts";

/** For each launch that names a published model where there is no folder, a line that serves it from the folder that its reason names. */
export function onceFetched({ plugins }: Kernel, launches: readonly Launch[]): readonly string[] {
  const families = plugins.flatMap((plugin) => plugin.families ?? []);
  return launches.flatMap(({ id, source }) => {
    const found = existsSync(source) ? undefined : publishedAs(families, source);
    if (!found) return [];
    const { folder } = found;
    const model = basename(folder) === id ? folder : `${id}=${folder}`;
    return `Once it is fetched: ${asTyped("serve")} --model ${model}`;
  });
}
