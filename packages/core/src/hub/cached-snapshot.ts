import { existsSync } from "node:fs";
import { CachedRepo } from "./cached-repo.ts";
import type { Hub, HubName } from "./hub-name.ts";
import { settingsOf } from "./speak.ts";

/** The folder in a hub's cache that has a name's files, as many as were fetched; undefined when there is none. */
export async function cachedSnapshot(
  { repo, revision }: HubName,
  hub: Hub,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const cached = new CachedRepo(settingsOf(hub, env).cache, repo);
  const commit = await cached.commit(revision);
  const folder = commit && cached.snapshot(commit);
  return folder && existsSync(folder) ? folder : undefined;
}
