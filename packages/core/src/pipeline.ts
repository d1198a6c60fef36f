import type { LoadProgress } from "./model-source.ts";
import type { InputOf, OutputOf, Task } from "./task.ts";
import type { Counts, Usage } from "./usage.ts";

/** A loaded model: what a family's `load` gives the kernel. */
export type Pipeline<Input, Output, Event = never> =
  | Single<Input, Output, Event, any>
  | Batched<Input, Output>;

interface Loaded<Output> {
  /** Facts for GET /v1/models/{id}: model_ability, dimensions, max_tokens, native size, samplers … Default: none. */
  readonly info?: Readonly<Record<string, unknown>>;
  /** The tasks that its family does beside its own, each of them once. Default: none. */
  readonly sideTasks?: readonly SideTask<any>[];
  /** Counts what a request took, for logs, metrics and limits. Default: nothing is counted. */
  usage?(output: Output): Counts;
}

/**
 * A task that a model does beside its own, such as telling the tokens of a text. It runs no graph, so that its requests take no
 * turn and no memory of the device: they run side by side, up to 1,024 of them.
 */
export interface SideTask<T extends Task = Task> {
  readonly task: T;
  /** Answers one request. Its error is the request's answer. */
  run(input: InputOf<T>, call: Call): Promise<OutputOf<T>>;
}

/** Runs one request at a time, in the order in which they were accepted. */
export interface Single<Input, Output, Event = never, Ready = Input> extends Loaded<Output> {
  /**
   * Checks a request and completes it, before it queues. Its error is the request's answer at once: the request takes no
   * turn and no other model's memory. It runs no graph. Several requests may be prepared at the same time. Default: the
   * input is ready as it is.
   */
  prepare?(input: Input, call: Call): Ready | Promise<Ready>;
  /** Runs one request during its turn. Its error is the request's answer. */
  run(ready: Ready, call: Call<Event>): Promise<Output>;
}

/** Runs items: those of all waiting requests share runs, and each request has its turn at choosing the next run. */
export interface Batched<Input, Output, Item = any, Part = any> extends Loaded<Output> {
  /** The most that rows × longest cost of one run should be. */
  readonly budget: number;
  /** Checks a request and splits it into items, before it queues. Its error is this request's answer alone. */
  items(input: Input, call: Call): Promise<readonly Item[]>;
  /** An item's length in a padded run. */
  cost(item: Item): number;
  /**
   * Runs items and gives one part for each, in order. The signal, which each `Graph.run` must get, aborts once every request
   * with an item in it is gone.
   */
  runItems(items: readonly Item[], call: Call): Promise<readonly Part[]>;
  /** Makes the answer of one request's parts, which are in the order of its items. */
  output(parts: readonly Part[], items: readonly Item[], input: Input): Output | Promise<Output>;
}

/** The surroundings of one request: who asks, who listens, who may abort it. */
export interface Call<Event = never> {
  /** Names the request in traces and logs. The kernel passes it on and reads nothing into it. Default: none. */
  readonly id?: string | undefined;
  /** Names who asks, such as an API key's name. The kernel passes it on and reads nothing into it. Default: nobody. */
  readonly caller?: string | undefined;
  /**
   * Aborts the request: at once while it waits, between two graph runs while it runs. Pass it to each `Graph.run`, and such a
   * run is given up too, some seconds later; otherwise the request goes on until that run ends.
   */
  readonly signal: AbortSignal;
  /**
   * Seconds that the model's graphs stay open without a request, from this one on; `Infinity` for ever. Default: as before.
   */
  readonly keepAlive?: number | undefined;
  /** Hears the task's own events. One that is a `Progress` draws a progress bar. A listener that throws is logged. */
  onEvent(event: Event): void;
  /** Hears what the kernel does with the request. Default: nobody hears. */
  onState?(state: CallState): void;
  /** Hears once what the request took, when it ends and before its answer. Default: nobody hears. */
  onUsage?(usage: Usage): void;
}

export interface CallState {
  /**
   * "loading": its model is being launched. "queued": it was checked and accepted, and waits for its turn or for memory.
   * "running": its turn has begun.
   */
  readonly state: "loading" | "queued" | "running";
  /** Its place among the queued, from 1. Present while it is queued. */
  readonly position?: number;
  /** How far the launch has come. Present while it is loading and something is counted, such as a download's bytes. */
  readonly progress?: LoadProgress;
}
