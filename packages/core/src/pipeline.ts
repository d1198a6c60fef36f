/** A loaded model. */
export type Pipeline<Input, Output, Event = never> =
  | Single<Input, Output, Event>
  | Batched<Input, Output>;

interface Loaded {
  /** Facts for GET /v1/models/{id}: model_ability, dimensions, max_tokens, native size, samplers … */
  readonly info?: Readonly<Record<string, unknown>>;
}

/** One request at a time. */
export interface Single<Input, Output, Event = never> extends Loaded {
  run(input: Input, call: Call<Event>): Promise<Output>;
}

/** Requests made of items; items of all waiting requests share runs, each request having its turn at choosing the next run. */
export interface Batched<Input, Output, Item = any, Part = any> extends Loaded {
  /** What rows × longest cost one run should not exceed. */
  readonly budget: number;
  /** Splits and tokenises. What it throws fails this request alone. */
  items(input: Input, call: Call): Promise<readonly Item[]>;
  /** Its length in a padded run. */
  cost(item: Item): number;
  /** In order, one part an item. Its signal aborts when every request with an item in it is gone. */
  runItems(items: readonly Item[], call: Call): Promise<readonly Part[]>;
  output(parts: readonly Part[], items: readonly Item[], input: Input): Output | Promise<Output>;
}

export interface Call<Event = never> {
  /** Looked at between graph runs: a run under way finishes. */
  readonly signal: AbortSignal;
  /** The task's own events. One with `done` and `total` draws a progress bar. */
  onEvent(event: Event): void;
  /** What the kernel does with the call meanwhile: its model is being launched; it waits, at a `position` from 1; it runs. */
  onState?(state: {
    readonly state: "loading" | "queued" | "running";
    readonly position?: number;
  }): void;
}
