import { formatBytes, KernelError, suggestion } from "@kindred/core";
import type { Checkpoint } from "@kindred/core";
import { cachedModels, hubName, isSameRepo, removeCached } from "@kindred/core/hub";
import type { CachedModel, Hub } from "@kindred/core/hub";
import { parseArguments } from "./arguments.ts";
import { hubFlag, parseHub } from "./hub-flag.ts";
import { checkpointsOf } from "./open-kernel.ts";
import { installedPlugins } from "./plugins.ts";
import { print } from "./print.ts";
import { quietLogger } from "./log/log.ts";
import { UsageError } from "./usage-error.ts";

/** Removes models from Hugging Face's cache, each as a whole or one revision of it. */
export async function remove(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: hubFlag,
  });
  const hub = parseHub(values.source);
  if (positionals.length === 0) {
    throw new UsageError("kindred remove needs a name: OWNER/NAME, or one of kindred models.");
  }
  const warn = (message: string): void => quietLogger.warn({}, message);
  const checkpoints = checkpointsOf(await installedPlugins(process.cwd(), warn));
  const absent: string[] = [];
  for (const name of positionals) {
    const { repo, revision } = meant(name, checkpoints, hub);
    const removed = await removeCached(repo, revision, process.env, hub);
    if (!removed) {
      absent.push(
        absence(name, { repo, revision }, await cachedModels(process.env, hub), checkpoints),
      );
      continue;
    }
    const commits = removed.commits.map((commit) => commit.slice(0, 7)).join(", ");
    const at = commits === "" ? "" : ` at ${commits}`;
    print(`removed ${removed.repo}${at}: ${formatBytes(removed.bytes)}`);
  }
  if (absent.length > 0) throw new KernelError("MODEL_NOT_FOUND", absent.join("\n"));
}

interface Meant {
  readonly repo: string;
  /** Absent for all of them. */
  readonly revision: string | undefined;
}

/** A checkpoint's own revision is not meant by its name: other ones of it would stay for ever. */
function meant(name: string, checkpoints: readonly Checkpoint[], hub: Hub): Meant {
  const at = name.indexOf("@");
  const repo = hubName(name, checkpoints, hub)?.repo ?? (at < 0 ? name : name.slice(0, at));
  return { repo, revision: at < 0 ? undefined : name.slice(at + 1) };
}

function absence(
  name: string,
  { repo, revision }: Meant,
  cached: readonly CachedModel[],
  checkpoints: readonly Checkpoint[],
): string {
  const model = cached.find((each) => isSameRepo(each.repo, repo));
  if (model) {
    const there = model.revisions.map(
      ({ commit, refs }) =>
        `${commit.slice(0, 7)}${refs.length > 0 ? ` (${refs.join(", ")})` : ""}`,
    );
    const which = there.length === 0 ? "none" : there.join(", ");
    return `${model.repo} has no revision "${revision}" in the cache, only: ${which}. Nothing of it was removed.`;
  }
  if (cached.length === 0) return `${name} is not in the cache, which has no models.`;
  const names = cached.flatMap(({ repo: each }) => {
    const shorter = checkpoints.find((checkpoint) => checkpoint.repo === each)?.name ?? [];
    return [each, shorter].flat();
  });
  return `${name} is not in the cache.${suggestion(name, names)}`;
}
