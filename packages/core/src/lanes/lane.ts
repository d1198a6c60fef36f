import { KernelError } from "../errors.ts";
import type { Call } from "../pipeline.ts";

/** A model's queue: abortable, fair, and bounded. Requests that are still being checked do not count. */
export interface Lane<Input = any, Output = any> {
  /** Checks a request, has it wait for its turn, runs it. OVERLOADED, with `retryAfter` from the lane's own pace, when the queue is full. */
  run(input: Input, call: Call<any>): Promise<Output>;
  readonly waiting: number;
  /** Starts what may run now that `replicas` has changed. A lane that does not count its runs has no such method. */
  resized?(): void;
  /** Refuses waiting requests with CLOSED; resolves when the runs under way have ended. */
  close(): Promise<void>;
}

export interface LaneOptions {
  readonly model: string;
  /** Runs side by side. It may change. */
  readonly replicas: number;
  /** Runs side by side on fewer threads each, while more than one run waits. Default: none, `replicas` holds. */
  readonly sideBySide?: number;
  /** Requests that may wait; where items share runs, requests that are not answered yet. */
  readonly maxWaiting: number;
  /**
   * Gives a run its turn at the device's memory; ABORTED when the signal aborts before `work` begins. `isBeside` says that it is
   * one of `sideBySide`.
   */
  turn<T>(signal: AbortSignal, work: () => Promise<T>, isBeside?: boolean): Promise<T>;
}

/** The error of requests to a model that is being closed. */
export function closed(model: string): KernelError {
  return new KernelError(
    "CLOSED",
    `"${model}" is being closed. Try again once it is launched anew.`,
  );
}
