export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** How far a task has come, where its event says so. */
export function progressOf(event: unknown): Progress | undefined {
  const { done, total } = (event ?? {}) as { done?: unknown; total?: unknown };
  return typeof done === "number" && typeof total === "number" ? { done, total } : undefined;
}
