import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";

/** Bytes that this process may use: the machine's memory, or less if its control group allows less. */
export function usableMemory(): number {
  const max = process.constrainedMemory();
  return max > 0 ? Math.min(totalmem(), max) : totalmem();
}

/** Threads that this process may keep busy: its cores, or fewer if its control group allows fewer. */
export function usableThreads(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(cpuQuota(read))));
}

/**
 * Cores that this process's control groups allow, of version 1 or 2; Infinity if they set no quota. Node 20 reads their
 * memory limits but not their quotas.
 */
export function cpuQuota(read: (path: string) => string | undefined): number {
  const groups = (read("/proc/self/cgroup") ?? "").trim().split("\n");
  const quotas = groups.flatMap((line) => {
    const [, controllers = "", path = "/"] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === "") return ancestors(path).map((group) => quotaOf2(read, group));
    if (controllers.split(",").includes("cpu"))
      return ancestors(path).map((group) => quotaOf1(read, group));
    return [];
  });
  return Math.min(Infinity, ...quotas);
}

function quotaOf2(read: (path: string) => string | undefined, group: string): number {
  const [quota, period] = (read(`/sys/fs/cgroup${group}/cpu.max`) ?? "max").split(" ");
  return quota === "max" ? Infinity : Number(quota) / Number(period);
}

function quotaOf1(read: (path: string) => string | undefined, group: string): number {
  const folder = `/sys/fs/cgroup/cpu${group}`;
  const quota = Number(read(`${folder}/cpu.cfs_quota_us`) ?? -1);
  return quota < 0 ? Infinity : quota / Number(read(`${folder}/cpu.cfs_period_us`));
}

/** "/a/b" gives "", "/a", "/a/b": a quota on any of them holds. */
function ancestors(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return ["", ...parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`)];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
