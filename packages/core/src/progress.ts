/** How far something has come: `done` of `total` steps, bytes or files. `done` never exceeds `total`. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** The progress that an event tells; undefined when it tells none. */
export function progressOf(event: unknown): Progress | undefined {
  const { done, total } = (event ?? {}) as Partial<Record<keyof Progress, unknown>>;
  const told = typeof done === "number" && typeof total === "number" && done <= total;
  return told ? { done, total } : undefined;
}
