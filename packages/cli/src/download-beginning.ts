import { formatBytes } from "@kindred/core";
import type { FoundModel } from "@kindred/core";
import { hubOrigin, isSameRepo } from "@kindred/core/hub";
import { counted } from "./counted.ts";

/** A line about a download that is about to begin; undefined when nothing is missing, or no repository is known. */
export async function beginning(
  source: string,
  found: FoundModel,
  files: readonly string[],
): Promise<string | undefined> {
  const origin = hubOrigin(found);
  const bytes = (await found.missing?.(files)) ?? 0;
  if (!origin || bytes === 0) return undefined;
  const left = await Promise.all(files.map(async (file) => found.missing!([file])));
  const missing = files.filter((_, i) => left[i]! > 0);
  // The JSON files came when the model was looked for.
  const isPartly = files.some((file, i) => left[i]! < found.size(file) && !file.endsWith(".json"));
  const { hub, repo, revision, commit, folder } = origin;
  // What stands for a commit at ModelScope says nothing to anybody.
  const at = hub === "huggingface" && commit !== undefined ? commit.slice(0, 7) : revision;
  const name = isSameRepo(source, repo) ? "" : `${source}: `;
  return `${name}${repo} at ${at} is ${isPartly ? "partly" : "not"} cached; downloading ${formatBytes(bytes)} in ${counted(missing.length, "file")} to ${folder}`;
}
