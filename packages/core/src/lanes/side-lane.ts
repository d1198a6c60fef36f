import { unlessAborted } from "../errors.ts";
import type { Call, SideTask } from "../pipeline.ts";
import { Admission } from "./admission.ts";
import type { Lane, LaneOptions } from "./lane.ts";

/** The requests of a `SideTask`: all at once, up to a bound. */
export class SideLane<Input, Output> implements Lane<Input, Output> {
  readonly #task: SideTask<any>;
  readonly #admission: Admission;
  readonly #running = new Set<Promise<Output>>();

  constructor(task: SideTask<any>, options: LaneOptions) {
    this.#task = task;
    this.#admission = new Admission(options);
  }

  get waiting(): number {
    return this.#running.size;
  }

  async run(input: Input, call: Call<any>): Promise<Output> {
    this.#admission.admit(call.signal, this.waiting);
    if (this.waiting === 0) this.#admission.pace.busy();
    const signal = AbortSignal.any([call.signal, this.#admission.closing]);
    const running = this.#run(input, { ...call, signal });
    this.#running.add(running);
    try {
      return await unlessAborted(running, signal);
    } finally {
      this.#running.delete(running);
      this.#admission.pace.answered();
    }
  }

  async close(): Promise<void> {
    const running = [...this.#running];
    this.#admission.close();
    await Promise.allSettled(running);
  }

  /** Async, so that a task which throws at once rejects. */
  async #run(input: Input, call: Call): Promise<Output> {
    call.onState?.({ state: "running" });
    return this.#task.run(input, call);
  }
}
