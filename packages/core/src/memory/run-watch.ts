import { reached } from "../bounds.ts";
import { abortError, isKernelError, KernelError } from "../errors.ts";
import type { GraphRunInfo } from "../model-info.ts";
import { after } from "./timer.ts";

export interface RunWatchOptions {
  /** For messages. */
  readonly model: string;
  readonly graph: string;
  /** Milliseconds that the run may take. */
  readonly max: number;
  /** Aborts when nobody waits for the run any more. */
  readonly signal: AbortSignal;
}

/** Tells a run whose session was ended because of another run. It has to run again. */
export class Displaced extends Error {}

/** A timer that is so many milliseconds late was stopped with its process, or waited behind other work. */
const maxLateness = 1_000;
/** The share of its bound after which a run is said to hang. By default it has then taken five times as long as any before. */
const suspicious = 1 / 4;

/**
 * Watches one run from its turn on, and says when it is overdue: it takes longer than its bound, or has gone on for a grace
 * since its signal aborted. An abort whose reason is CLOSED has no grace: the server is at its deadline.
 */
export class RunWatch {
  readonly #options: RunWatchOptions;
  readonly #grace: number;
  readonly #overdue: (error: KernelError) => void;
  #began: number | undefined;
  #stopTimer = () => {};

  /** `grace` in milliseconds. `overdue` is called once at most, and not after `end`. */
  constructor(options: RunWatchOptions, grace: number, overdue: (error: KernelError) => void) {
    this.#options = options;
    this.#grace = grace;
    this.#overdue = overdue;
  }

  /** Milliseconds since its turn began. */
  get elapsed(): number {
    return performance.now() - (this.#began ?? performance.now());
  }

  get info(): GraphRunInfo {
    const { max } = this.#options;
    const { elapsed } = this;
    return { seconds: elapsed / 1000, maxSeconds: max / 1000, hangs: elapsed > suspicious * max };
  }

  /** Its turn has come. Calls after the first do nothing. */
  begin(): void {
    if (this.#began !== undefined) return;
    const { signal, max } = this.#options;
    this.#began = performance.now();
    this.#arm(max);
    if (signal.aborted) this.#aborted();
    else signal.addEventListener("abort", this.#aborted, { once: true });
  }

  /** It has settled, or is given up. */
  end(): void {
    this.#stopTimer();
    this.#options.signal.removeEventListener("abort", this.#aborted);
  }

  /** Why it is given up when its session is ended because of another run. */
  get displaced(): Error {
    const { signal } = this.#options;
    return signal.aborted ? abortError(signal) : new Displaced();
  }

  readonly #aborted = (): void => {
    const { signal, max } = this.#options;
    const { reason } = signal;
    const isClosed = isKernelError(reason) && reason.code === "CLOSED";
    this.#arm(isClosed ? 0 : Math.min(this.#grace, max - this.elapsed));
  };

  #arm(milliseconds: number): void {
    this.#stopTimer();
    const due = performance.now() + milliseconds;
    this.#stopTimer = after(milliseconds, () => {
      // The graph's answer may have come while this process did not look.
      if (performance.now() - due > maxLateness) this.#arm(milliseconds);
      else this.#overdue(this.#error());
    });
  }

  #error(): KernelError {
    const { signal, model, graph, max } = this.#options;
    reached(signal.aborted ? "run.grace" : "runTimeout");
    if (signal.aborted) return abortError(signal);
    const message = `Graph "${graph}" of "${model}" had not answered after ${seconds(this.elapsed)} s; a run of it may take ${seconds(max)} s. It was ended, and the next request opens it anew. If it needs longer, launch "${model}" with a larger runTimeout.`;
    return new KernelError("GRAPH_FAILED", message);
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0);
}
