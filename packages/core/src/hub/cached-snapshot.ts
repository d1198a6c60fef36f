import { existsSync } from "node:fs";
import { CachedRepo } from "./cached-repo.ts";
import type { HubName } from "./hub-name.ts";
import { hubSettings } from "./hub-settings.ts";

/** The folder in Hugging Face's cache that has a name's files, as many as were fetched; undefined when there is none. */
export async function cachedSnapshot(
  { repo, revision }: HubName,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const cached = new CachedRepo(hubSettings(env).cache, repo);
  const commit = await cached.commit(revision);
  const folder = commit && cached.snapshot(commit);
  return folder && existsSync(folder) ? folder : undefined;
}
