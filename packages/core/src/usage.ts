/** What a call made and read. Absent numbers are those that its task does not have. */
export interface Counts {
  /** Tokens of its texts as they ran, special ones included. */
  readonly tokens?: number;
  readonly pictures?: number;
  /** Steps of a denoiser, over all pictures. */
  readonly steps?: number;
}

/** What a call took. One that failed has no counts. */
export interface Usage extends Counts {
  readonly milliseconds: StageTimes;
}

/** Milliseconds of a call's stages, which add up to the call. */
export interface StageTimes {
  /** Waiting for its model to be launched. */
  readonly load: number;
  /** Being checked and tokenized. */
  readonly prepare: number;
  /** Waiting for its turn and for memory. */
  readonly queue: number;
  /** From the beginning of its turn to its answer. */
  readonly run: number;
}

export type Stage = keyof StageTimes;

/** Times the stages of one call, which begins with `prepare`. */
export class StageClock {
  readonly #times: Record<Stage, number> = { load: 0, prepare: 0, queue: 0, run: 0 };
  #stage: Stage = "prepare";
  #since: number = performance.now();

  /** The call is in this stage from now on. */
  enter(stage: Stage): void {
    if (stage === this.#stage) return;
    const now = performance.now();
    this.#times[this.#stage] += now - this.#since;
    this.#stage = stage;
    this.#since = now;
  }

  /** The times so far. */
  get times(): StageTimes {
    const current = this.#times[this.#stage] + performance.now() - this.#since;
    return { ...this.#times, [this.#stage]: current };
  }
}
