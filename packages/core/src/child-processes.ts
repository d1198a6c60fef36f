/** What a process of a server's is for: one open graph, or one tokenizer. */
export type ChildKind = "graph" | "tokenizer";

export interface ChildProcessInfo {
  readonly kind: ChildKind;
  readonly pid: number;
}

const living = new Set<ChildProcessInfo>();

/** The processes that the kernels of this process have started and that have not ended. */
export function childProcesses(): readonly ChildProcessInfo[] {
  return [...living];
}

/** Counts a process among the living. Returns what ends that. */
export function addChild(child: ChildProcessInfo): () => void {
  living.add(child);
  return () => void living.delete(child);
}
