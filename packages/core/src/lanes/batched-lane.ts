import { abortError, KernelError, throwIfAborted, unlessAborted } from "../errors.ts";
import type { Batched, Call } from "../pipeline.ts";
import { tracing } from "../tracing.ts";
import type { BatchEvent } from "../tracing.ts";
import { Admission } from "./admission.ts";
import { closed } from "./lane.ts";
import type { Lane, LaneOptions } from "./lane.ts";
import { WaitingItems } from "./waiting-items.ts";
import type { WaitingItem } from "./waiting-items.ts";

interface Request {
  readonly call: Call;
  readonly parts: unknown[];
  missing: number;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

type Batch = readonly WaitingItem<Request, unknown>[];

/**
 * The queue of a `Batched` pipeline: requests made of items share runs. A request of many items never holds one of a
 * single item longer than the run under way and one more.
 */
export class BatchedLane<Input, Output> implements Lane<Input, Output> {
  readonly #pipeline: Batched<Input, Output>;
  readonly #options: LaneOptions;
  readonly #admission: Admission;
  readonly #waiting = new WaitingItems<Request, unknown>();
  readonly #runs = new Set<Promise<void>>();
  readonly #answers = new Set<Promise<Output>>();
  /** Replicas in use, from the moment a run is started. */
  #taken = 0;
  /** Whether the runs under way are on fewer threads each. It changes while there are none: a run alone has all threads. */
  #isBeside = false;
  /** Ends the run that waits for memory. One does at a time, and it chooses its items once the memory is there. */
  #claim: AbortController | undefined;

  constructor(pipeline: Batched<Input, Output>, options: LaneOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
    this.#admission = new Admission(options);
  }

  get waiting(): number {
    return this.#answers.size;
  }

  async run(input: Input, call: Call): Promise<Output> {
    this.#admission.admit(call.signal, this.waiting);
    if (this.waiting === 0) this.#admission.pace.busy();
    const answer = this.#answer(input, call);
    this.#answers.add(answer);
    try {
      return await answer;
    } finally {
      this.#answers.delete(answer);
      this.#admission.pace.answered();
    }
  }

  resized(): void {
    this.#startRun();
  }

  async close(): Promise<void> {
    this.#admission.close();
    this.#fail(this.#waiting.requests, closed(this.#options.model));
    await Promise.allSettled([...this.#answers, ...this.#runs]);
  }

  async #answer(input: Input, call: Call): Promise<Output> {
    const waiting = AbortSignal.any([call.signal, this.#admission.closing]);
    const items = await unlessAborted(this.#pipeline.items(input, call), waiting);
    const parts = items.length > 0 ? await this.#parts(items, call) : [];
    return this.#pipeline.output(parts, items, input);
  }

  #parts(items: readonly unknown[], call: Call): Promise<readonly unknown[]> {
    this.#admission.check(call.signal);
    return new Promise((resolve, reject) => {
      const withdraw = () => this.#fail([request], abortError(call.signal));
      const settle = () => call.signal.removeEventListener("abort", withdraw);
      const request: Request = {
        call,
        parts: Array.from({ length: items.length }),
        missing: items.length,
        done: () => (settle(), resolve(request.parts)),
        fail: (error) => (settle(), reject(error)),
      };
      this.#waiting.add(request, items, (item) => this.#pipeline.cost(item));
      call.signal.addEventListener("abort", withdraw, { once: true });
      call.onState?.({ state: "queued", position: this.#waiting.size });
      this.#startRun();
    });
  }

  #startRun(): void {
    if (this.#claim || this.#waiting.size === 0) return;
    const { replicas, sideBySide = 0 } = this.#options;
    if (this.#taken === 0) {
      this.#isBeside = sideBySide > replicas && this.#waiting.cost > this.#pipeline.budget;
    }
    if (this.#taken >= (this.#isBeside ? sideBySide : replicas)) return;
    this.#taken++;
    const run = this.#run().finally(() => {
      this.#taken--;
      this.#runs.delete(run);
      this.#startRun();
    });
    this.#runs.add(run);
  }

  async #run(): Promise<void> {
    const everyone = new AbortController();
    let batch: Batch = [];
    this.#claim = everyone;
    try {
      const begin = () => {
        throwIfAborted(everyone.signal);
        batch = this.#waiting.take(this.#pipeline.budget);
        this.#claim = undefined;
        const running = this.#runItems(batch, everyone);
        this.#startRun();
        return running;
      };
      const parts = await this.#options.turn(everyone.signal, begin, this.#isBeside);
      for (const [row, { request, index }] of batch.entries()) {
        request.parts[index] = parts[row];
        if (--request.missing === 0) request.done();
      }
    } catch (error) {
      if (this.#claim !== everyone) return this.#fail(requestsOf(batch), error);
      this.#claim = undefined;
      // Requests that came after the claim was given up have a run of their own.
      if (!everyone.signal.aborted) this.#fail(this.#waiting.requests, error);
    }
  }

  async #runItems(batch: Batch, everyone: AbortController): Promise<readonly unknown[]> {
    const requests = requestsOf(batch);
    const signals = requests.map(({ call }) => call.signal);
    const gone = ({ target }: Event) => {
      const { reason } = target as AbortSignal;
      if (signals.every(({ aborted }) => aborted)) everyone.abort(reason);
    };
    for (const signal of signals) signal.addEventListener("abort", gone, { once: true });
    for (const { call } of requests) call.onState?.({ state: "running" });
    try {
      const items = batch.map(({ item }) => item);
      const run = () => this.#pipeline.runItems(items, { signal: everyone.signal, onEvent() {} });
      const parts = await tracing.batchRun.tracePromise(run, this.#eventOf(batch));
      if (parts.length === items.length) return parts;
      throw new KernelError(
        "GRAPH_FAILED",
        `"${this.#options.model}" gave ${parts.length} parts for ${items.length} items. Its pipeline must give one part for each.`,
      );
    } finally {
      for (const signal of signals) signal.removeEventListener("abort", gone);
    }
  }

  #eventOf(batch: Batch): BatchEvent {
    const costs = batch.map(({ cost }) => cost);
    return {
      model: this.#options.model,
      rows: batch.length,
      cost: costs.reduce((sum, cost) => sum + cost, 0),
      paddedCost: batch.length * Math.max(...costs),
      ids: requestsOf(batch).flatMap(({ call }) => call.id ?? []),
    };
  }

  /** Takes requests and their waiting items out, and tells them why. A run under way goes on without them. */
  #fail(requests: readonly Request[], error: unknown): void {
    for (const request of requests) {
      this.#waiting.remove(request);
      request.fail(error);
    }
    if (this.#waiting.size === 0) this.#claim?.abort(error);
  }
}

function requestsOf(batch: Batch): readonly Request[] {
  return [...new Set(batch.map(({ request }) => request))];
}
