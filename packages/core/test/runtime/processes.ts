import { execFileSync } from "node:child_process";

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly args: string;
}

/** The processes of this machine, without those that have ended and wait to be reaped. */
function processes(): Row[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" });
  return table.split("\n").flatMap((line) => {
    const [pid, parent, state, ...args] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), args: args.join(" ") }];
  });
}

/** Ids of the processes that hold the graphs of a process. */
export function graphProcesses(parent: number): number[] {
  const own = processes().filter((row) => row.parent === parent && row.args.endsWith("child.js"));
  return own.map(({ pid }) => pid);
}

export function isAlive(pid: number): boolean {
  return processes().some((row) => row.pid === pid);
}
