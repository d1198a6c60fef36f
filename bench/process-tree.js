import { readFileSync, readdirSync } from "node:fs";

/** Clock ticks a second in /proc/…/stat, on every Linux that Node runs on. */
const ticks = 100;

/** Bytes of memory that a process and its descendants have, with a proportional share of shared pages. One that has ended has none. Linux only. */
export function treeMemory(pid) {
  let descendants, rollup;
  try {
    descendants = children(pid);
    rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(error.code)) return 0;
    throw error;
  }
  // A process that ends has no pages left.
  const [, pages = 0] = /^Pss:\s+(\d+) kB/m.exec(rollup) ?? [];
  return descendants.reduce((sum, child) => sum + treeMemory(child), Number(pages) * 1024);
}

/** The sum of the peak bytes of a process and its descendants. Each peak has its own time. Linux only. */
export function treePeak(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const own = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)[1]) * 1024;
  return children(pid).reduce((sum, child) => sum + treePeak(child), own);
}

/** Milliseconds of processor time that a process and its descendants have used. Linux only. */
export function treeTime(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const own = ((Number(fields[11]) + Number(fields[12])) * 1000) / ticks;
  return children(pid).reduce((sum, child) => sum + treeTime(child), own);
}

function children(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
  );
}
