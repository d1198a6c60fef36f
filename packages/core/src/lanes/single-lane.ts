import { Admission } from "./admission.ts";
import { abortError, unlessAborted } from "../errors.ts";
import { closed } from "./lane.ts";
import type { Lane, LaneOptions } from "./lane.ts";
import type { Call, Single } from "../pipeline.ts";

interface Waiting {
  readonly call: Call<any>;
  readonly start: () => void;
  readonly refuse: (error: unknown) => void;
}

/** First come, first served; each request has the model to itself (or one of its replicas). */
export class SingleLane<Input, Output, Ready = Input> implements Lane<Input, Output> {
  readonly #pipeline: Single<Input, Output, any, Ready>;
  readonly #options: LaneOptions;
  readonly #admission: Admission;
  readonly #line: Waiting[] = [];
  readonly #running = new Set<Promise<unknown>>();
  /** Places taken, from the moment they are granted. */
  #taken = 0;

  constructor(pipeline: Single<Input, Output, any, Ready>, options: LaneOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
    this.#admission = new Admission(options);
  }

  get waiting(): number {
    return this.#line.length;
  }

  async run(input: Input, call: Call<any>): Promise<Output> {
    this.#admission.check(call.signal);
    // Without `prepare`, the input is what `run` takes, and nothing is awaited.
    const ready = this.#pipeline.prepare
      ? await this.#prepared(this.#pipeline.prepare(input, call))
      : (input as unknown as Ready);
    this.#admission.admit(call.signal, this.waiting);
    if (this.#taken < this.#options.replicas) this.#take(call);
    else await this.#wait(call);
    const waiting = AbortSignal.any([call.signal, this.#admission.closing]);
    const run = this.#options.turn(waiting, () => {
      call.onState?.({ state: "running" });
      return this.#pipeline.run(ready, call);
    });
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
      this.#admission.pace.answered();
      this.#next();
    }
  }

  async close(): Promise<void> {
    this.#admission.close();
    for (const { refuse } of this.#line.splice(0)) refuse(closed(this.#options.model));
    await Promise.allSettled(this.#running);
  }

  /** CLOSED as soon as the lane is closed, although the preparing goes on. */
  #prepared(preparing: Ready | Promise<Ready>): Promise<Ready> {
    return unlessAborted(Promise.resolve(preparing), this.#admission.closing);
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

  #take(call: Call<any>): void {
    call.onState?.({ state: "queued", position: 1 });
    if (this.#taken === 0) this.#admission.pace.busy();
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
