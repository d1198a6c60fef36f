import { Admission } from "./admission.ts";
import { abortError } from "../errors.ts";
import { closed } from "./lane.ts";
import type { Lane, LaneOptions } from "./lane.ts";
import type { Call, Single } from "../pipeline.ts";

interface Waiting {
  readonly call: Call<any>;
  readonly start: () => void;
  readonly refuse: (error: unknown) => void;
}

/** First come, first served; each request has the model to itself (or one of its replicas). */
export class SingleLane<Input, Output> implements Lane<Input, Output> {
  readonly #pipeline: Single<Input, Output, any>;
  readonly #options: LaneOptions;
  readonly #entrance: Admission;
  readonly #line: Waiting[] = [];
  readonly #running = new Set<Promise<unknown>>();
  /** Places taken, from the moment they are granted. */
  #taken = 0;

  constructor(pipeline: Single<Input, Output, any>, options: LaneOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
    this.#entrance = new Admission(options);
  }

  get waiting(): number {
    return this.#line.length;
  }

  async run(input: Input, call: Call<any>): Promise<Output> {
    this.#entrance.admit(call.signal, this.waiting);
    if (this.#taken < this.#options.replicas) this.#take();
    else await this.#wait(call);
    const waiting = AbortSignal.any([call.signal, this.#entrance.closing]);
    const run = this.#options.turn(waiting, () => {
      call.onState?.({ state: "running" });
      return this.#pipeline.run(input, call);
    });
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
      this.#entrance.pace.answered();
      this.#next();
    }
  }

  async close(): Promise<void> {
    this.#entrance.close();
    for (const { refuse } of this.#line.splice(0)) refuse(closed(this.#options.model));
    await Promise.allSettled(this.#running);
  }

  #wait(call: Call<any>): Promise<void> {
    return new Promise((start, refuse) => {
      const withdraw = () => {
        this.#line.splice(this.#line.indexOf(entry), 1);
        refuse(abortError(call.signal));
        this.#tellPositions();
      };
      const settle = () => call.signal.removeEventListener("abort", withdraw);
      const entry: Waiting = {
        call,
        start: () => (settle(), start()),
        refuse: (error) => (settle(), refuse(error)),
      };
      call.signal.addEventListener("abort", withdraw, { once: true });
      this.#line.push(entry);
      call.onState?.({ state: "queued", position: this.waiting });
    });
  }

  #take(): void {
    if (this.#taken === 0) this.#entrance.pace.busy();
    this.#taken++;
  }

  #next(): void {
    const next = this.#line.shift();
    if (next) next.start();
    else this.#taken--;
    this.#tellPositions();
  }

  #tellPositions(): void {
    for (const [index, { call }] of this.#line.entries()) {
      call.onState?.({ state: "queued", position: index + 1 });
    }
  }
}
