import { existsSync } from "node:fs";
import { basename } from "node:path";
import { fetchCommand, publishedAs } from "@kindred/core";
import type { Kernel, Launch } from "@kindred/core";
import { asTyped } from "./as-typed.ts";

/** For each launch that failed for a reason with the command that fetches it, a line that serves it from the folder of that command. */
export function onceFetched(kernel: Kernel, launches: readonly Launch[]): readonly string[] {
  const families = kernel.plugins.flatMap((plugin) => plugin.families ?? []);
  const reasons = new Map(kernel.models().map(({ id, reason = "" }) => [id, reason]));
  return launches.flatMap(({ id, source }) => {
    const found = existsSync(source) ? undefined : publishedAs(families, source);
    if (!found || !reasons.get(id)?.includes(fetchCommand(found))) return [];
    const { folder } = found;
    const model = basename(folder) === id ? folder : `${id}=${folder}`;
    return `Once it is fetched: ${asTyped("serve")} --model ${model}`;
  });
}
