const minutes = 60_000;
/** Bounds until something is known, and where nothing tells small runs from large ones; and the least afterwards. */
const unknown = 10 * minutes;
const least = 1 * minutes;
/** A machine may be this many times slower than it was: others compute on it, or it swaps. */
const slowdown = 20;

/**
 * The milliseconds that a run of one graph may take. A launch fixes them, or they follow from the longest run so far: twenty
 * times as long, in proportion to the run's workspace, and a minute at least. Until one run has ended, and for a graph that
 * states no workspace, they are ten minutes at least.
 */
export class RunBound {
  readonly #fixed: number | undefined;
  #longest: { readonly milliseconds: number; readonly workspace: number } | undefined;

  constructor(fixed: number | undefined) {
    this.#fixed = fixed;
  }

  /** For a run of so many bytes of activations. */
  of(workspace: number): number {
    if (this.#fixed !== undefined) return this.#fixed;
    if (!this.#longest) return unknown;
    const { milliseconds, workspace: before } = this.#longest;
    const larger = before > 0 ? Math.max(1, workspace / before) : 1;
    return Math.max(before > 0 ? least : unknown, slowdown * milliseconds * larger);
  }

  /** Learns how long a run took. */
  learn(milliseconds: number, workspace: number): void {
    if (milliseconds < (this.#longest?.milliseconds ?? 0)) return;
    this.#longest = { milliseconds, workspace };
  }
}
