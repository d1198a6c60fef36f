import { readdirSync, readFileSync } from "node:fs";

/** The children of a process that have not ended. Reads Linux's /proc. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc").flatMap((name) => {
    const child = Number(name);
    return Number.isInteger(child) && isAlive(child) && parentOf(child) === pid ? [child] : [];
  });
}

/** The children that have a graph open: those that are not tokenizers'. */
export function graphsOf(pid: number): number[] {
  return childrenOf(pid).filter((child) => !/text\/process\/script\.js\0?$/.test(commandOf(child)));
}

/** The children that have a tokenizer open. */
export function tokenizersOf(pid: number): number[] {
  const graphs = graphsOf(pid);
  return childrenOf(pid).filter((child) => !graphs.includes(child));
}

export function isAlive(pid: number): boolean {
  const state = fieldOf(pid, "State");
  return state !== undefined && !/^[ZX]/.test(state);
}

/** Bytes of main memory that a process holds. */
export function residentBytes(pid: number): number {
  return bytesOf(pid, "VmRSS");
}

/** The peak bytes of main memory that a process has held. */
export function peakBytes(pid: number): number {
  return bytesOf(pid, "VmHWM");
}

/** Bytes of a process's address space. */
export function virtualBytes(pid: number): number {
  return bytesOf(pid, "VmSize");
}

/** Bytes of main memory that a process and its children hold. */
export function treeBytes(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + residentBytes(each), 0);
}

function parentOf(pid: number): number {
  return Number(fieldOf(pid, "PPid"));
}

function bytesOf(pid: number, field: string): number {
  return 1024 * Number.parseInt(fieldOf(pid, field) ?? "0", 10);
}

/** Its arguments, each with a null character behind it. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

function fieldOf(pid: number, field: string): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return new RegExp(`^${field}:\\s*(.*)$`, "m").exec(status)?.[1];
  } catch {
    return undefined;
  }
}
