import { RunWatch } from "./run-watch.ts";
import type { RunWatchOptions } from "./run-watch.ts";

interface Run {
  readonly watch: RunWatch;
  readonly giveUp: (error: Error) => void;
}

/** A run's result, and the milliseconds of its turn. */
export interface Ran<Result> {
  readonly result: Result;
  readonly elapsed: number;
}

/**
 * The runs of one session, in the order in which they were asked for. A process answers in that order, so the first one's turn
 * has come. Once a run is overdue all are over: it fails, and the others are `Displaced`.
 */
export class SessionRuns {
  readonly #runs = new Set<Run>();
  readonly #end: () => void;
  #over = false;

  /** `end` is called once when a run is overdue, and ends the session. */
  constructor(end: () => void) {
    this.#end = end;
  }

  /** Watches the run whose turn it is. undefined when none is under way. */
  get current(): RunWatch | undefined {
    const [first] = this.#runs;
    return first?.watch;
  }

  /** Runs `work`, with a grace of so many milliseconds after its abort. */
  async add<Result>(
    work: () => Promise<Result>,
    options: RunWatchOptions,
    grace: number,
  ): Promise<Ran<Result>> {
    const watch = new RunWatch(options, grace, (error) => this.#endFor(run, error));
    if (this.#over) throw watch.displaced;
    let giveUp: (error: Error) => void = () => {};
    const givenUp = new Promise<never>((_, reject) => (giveUp = reject));
    const run: Run = { watch, giveUp };
    this.#runs.add(run);
    this.current?.begin();
    try {
      const result = await Promise.race([work(), givenUp]);
      return { result, elapsed: watch.elapsed };
    } finally {
      watch.end();
      this.#runs.delete(run);
      if (!this.#over) this.current?.begin();
    }
  }

  #endFor(culprit: Run, error: Error): void {
    this.#over = true;
    this.#end();
    for (const run of this.#runs) run.giveUp(run === culprit ? error : run.watch.displaced);
  }
}
