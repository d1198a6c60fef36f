import { abortError, unlessAborted } from "../errors.ts";
import type { Call, Single } from "../pipeline.ts";
import { Admission } from "./admission.ts";
import { closed } from "./lane.ts";
import type { Lane, LaneOptions } from "./lane.ts";

interface Waiting {
  readonly call: Call<any>;
  readonly start: () => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * The queue of a `Single` pipeline: first accepted, first served, and each request has the model (or one of its replicas) to
 * itself. A request is prepared before it queues, so one that can only fail is told at once, on a full queue too.
 */
export class SingleLane<Input, Output, Ready = Input> implements Lane<Input, Output> {
  readonly #pipeline: Single<Input, Output, any, Ready>;
  readonly #options: LaneOptions;
  readonly #admission: Admission;
  readonly #line: Waiting[] = [];
  readonly #running = new Set<Promise<unknown>>();
  /** Replicas in use, from the moment they are granted. */
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
    const waiting = AbortSignal.any([call.signal, this.#admission.closing]);
    // Without `prepare`, the input is what `run` takes, and nothing is awaited.
    const ready = this.#pipeline.prepare
      ? await unlessAborted(Promise.resolve(this.#pipeline.prepare(input, call)), waiting)
      : (input as unknown as Ready);
    this.#admission.admit(call.signal, this.waiting);
    if (this.#taken < this.#options.replicas) this.#take(call);
    else await this.#wait(call);
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

  resized(): void {
    while (this.#taken < this.#options.replicas && this.#line.length > 0) {
      this.#taken++;
      this.#next();
    }
  }

  async close(): Promise<void> {
    this.#admission.close();
    for (const { refuse } of this.#line.splice(0)) refuse(closed(this.#options.model));
    await Promise.allSettled(this.#running);
  }

  #take(call: Call<any>): void {
    call.onState?.({ state: "queued", position: 1 });
    if (this.#taken === 0) this.#admission.pace.busy();
    this.#taken++;
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

  #next(): void {
    const isOver = this.#taken > this.#options.replicas;
    const next = isOver ? undefined : this.#line.shift();
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
