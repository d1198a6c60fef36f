import { Admission } from "./admission.ts";
import { abortError, KernelError, throwIfAborted, unlessAborted } from "../errors.ts";
import { closed } from "./lane.ts";
import type { Lane, LaneOptions } from "./lane.ts";
import type { Batched, Call } from "../pipeline.ts";
import { WaitingItems } from "./waiting-items.ts";
import type { Entry } from "./waiting-items.ts";

/** A waiting item rides along in a run whose longest costs at most this many times as much: padding stays small. */
const maxPadding = 1.25;

interface Request {
  readonly call: Call;
  readonly parts: unknown[];
  /** Not yet in a run, dearest first. */
  readonly left: Set<Entry<Request, unknown>>;
  missing: number;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Requests made of items share runs: the request whose turn it is chooses a run's longest item, and items of near cost
 * from all ride along until rows × longest reaches the pipeline's budget; then the next request chooses. So a request
 * of many items never holds one of a single item longer than the run under way and one more.
 */
export class BatchedLane<Input, Output> implements Lane<Input, Output> {
  readonly #pipeline: Batched<Input, Output>;
  readonly #options: LaneOptions;
  readonly #admission: Admission;
  readonly #shelf = new WaitingItems<Request, unknown>();
  /** Whose turn it is first. */
  readonly #rotation = new Set<Request>();
  readonly #runs = new Set<Promise<void>>();
  readonly #answers = new Set<Promise<Output>>();
  /** Places taken, from the moment a run is started. */
  #taken = 0;
  /** Ends the run that waits for memory. One does at a time, and chooses its items once it is there. */
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
    const answer = this.#answer(input, call).finally(() => {
      this.#answers.delete(answer);
      this.#admission.pace.answered();
    });
    this.#answers.add(answer);
    return answer;
  }

  async close(): Promise<void> {
    this.#admission.close();
    this.#fail(this.#rotation, closed(this.#options.model));
    await Promise.allSettled([...this.#answers, ...this.#runs]);
  }

  async #answer(input: Input, call: Call): Promise<Output> {
    const splitting = this.#pipeline.items(input, call);
    const items = await unlessAborted(splitting, this.#admission.closing);
    const parts = items.length > 0 ? await this.#parts(items, call) : [];
    return this.#pipeline.output(parts, items, input);
  }

  #parts(items: readonly unknown[], call: Call): Promise<readonly unknown[]> {
    this.#admission.check(call.signal);
    return new Promise((resolve, reject) => {
      const withdraw = () => this.#leave(request, abortError(call.signal));
      const settle = () => call.signal.removeEventListener("abort", withdraw);
      const request: Request = {
        call,
        parts: Array.from({ length: items.length }),
        left: new Set(),
        missing: items.length,
        done: () => (settle(), resolve(request.parts)),
        fail: (error) => (settle(), reject(error)),
      };
      const entries = items
        .map((item, index) => ({ request, item, index, cost: this.#pipeline.cost(item) }))
        .toSorted((a, b) => b.cost - a.cost);
      for (const entry of entries) request.left.add(entry);
      this.#shelf.add(entries);
      this.#rotation.add(request);
      call.signal.addEventListener("abort", withdraw, { once: true });
      call.onState?.({ state: "queued", position: this.#rotation.size });
      this.#startRun();
    });
  }

  #startRun(): void {
    const full = this.#taken === this.#options.replicas;
    if (this.#claim || full || this.#rotation.size === 0) return;
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
    let batch: readonly Entry<Request, unknown>[] = [];
    this.#claim = everyone;
    try {
      const parts = await this.#options.turn(everyone.signal, () => {
        throwIfAborted(everyone.signal);
        batch = this.#nextBatch();
        this.#claim = undefined;
        const running = this.#runItems(batch, everyone);
        this.#startRun();
        return running;
      });
      for (const [row, { request, index }] of batch.entries()) {
        request.parts[index] = parts[row];
        if (--request.missing === 0) request.done();
      }
    } catch (error) {
      if (this.#claim !== everyone) return this.#fail(requestsOf(batch), error);
      this.#claim = undefined;
      // Who came after the claim was given up has a run of its own.
      if (!everyone.signal.aborted) this.#fail(this.#rotation, error);
    }
  }

  async #runItems(
    batch: readonly Entry<Request, unknown>[],
    everyone: AbortController,
  ): Promise<readonly unknown[]> {
    const requests = requestsOf(batch);
    const signals = requests.map(({ call }) => call.signal);
    const gone = () => {
      if (signals.every(({ aborted }) => aborted)) everyone.abort(signals[0]!.reason);
    };
    for (const signal of signals) signal.addEventListener("abort", gone, { once: true });
    for (const { call } of requests) call.onState?.({ state: "running" });
    try {
      const items = batch.map(({ item }) => item);
      const parts = await this.#pipeline.runItems(items, { signal: everyone.signal, onEvent() {} });
      if (parts.length === items.length) return parts;
      throw new KernelError(
        "GRAPH_FAILED",
        `"${this.#options.model}" gave ${parts.length} parts for ${items.length} items. Its pipeline must give one part for each.`,
      );
    } finally {
      for (const signal of signals) signal.removeEventListener("abort", gone);
    }
  }

  #nextBatch(): readonly Entry<Request, unknown>[] {
    const request = this.#rotation.values().next().value!;
    const first = request.left.values().next().value!;
    const rows = Math.max(1, Math.floor(this.#pipeline.budget / first.cost));
    const batch = new Set([first]);
    for (const entry of this.#shelf.descending(first.cost)) {
      if (batch.size >= rows || entry.cost * maxPadding < first.cost) break;
      batch.add(entry);
    }
    this.#shelf.remove(batch);
    for (const entry of batch) {
      const { left } = entry.request;
      left.delete(entry);
      if (left.size === 0) this.#rotation.delete(entry.request);
    }
    if (this.#rotation.delete(request)) this.#rotation.add(request);
    return [...batch];
  }

  #fail(requests: Iterable<Request>, error: unknown): void {
    for (const request of requests) this.#leave(request, error);
  }

  /** Takes a request and its waiting items out, and tells it why. What runs already, runs on without it. */
  #leave(request: Request, error: unknown): void {
    this.#rotation.delete(request);
    this.#shelf.remove(request.left);
    request.left.clear();
    request.fail(error);
    if (this.#rotation.size === 0) this.#claim?.abort(error);
  }
}

function requestsOf(batch: readonly Entry<Request, unknown>[]): readonly Request[] {
  return [...new Set(batch.map(({ request }) => request))];
}
