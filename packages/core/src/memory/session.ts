import type { DeviceLease } from "../device.ts";
import { throwIfAborted, unlessAborted } from "../errors.ts";
import type { GraphRuntime, GraphSource, OpenGraph, Tensor } from "../graph.ts";
import { OpeningWatch } from "./opening-watch.ts";
import type { RunWatch, RunWatchOptions } from "./run-watch.ts";
import { SessionRuns } from "./session-runs.ts";
import type { Ran } from "./session-runs.ts";
import { settledWithin } from "./timer.ts";

/** Memory that a graph holds, or is about to. */
export interface Need {
  /** Bytes of its device. */
  readonly bytes: number;
  /** Bytes of main memory for its process. 0 where its device is main memory: then they are among `bytes`. */
  readonly process: number;
}

export type SessionOptions = Pick<Session, "source" | "bytes" | "workspace" | "gone"> &
  Partial<Pick<Session, "threads">>;

/** Milliseconds that a run whose request is aborted may go on, at least. */
const leastGrace = 2_000;
/** Milliseconds after which a runtime has failed to close a graph. */
const maxClosing = 10_000;

/**
 * One open graph and how many use it: the run that it is opened for, and runs that take it. Runs take it only while it is
 * "open", and it is closed only while nobody uses it, unless one of its runs is overdue. Then it is ended at once: that run
 * fails, and the others are `Displaced`.
 *
 * A run that nobody waits for may go on for as long as the opening took, and for two seconds at least. So waiting for it never
 * costs much more than opening the graph anew.
 */
export class Session {
  readonly source: GraphSource;
  /** "closing" until it is gone, and afterwards. */
  state: "opening" | "open" | "closing" = "opening";
  /** Bytes of the device that it holds, reserved by its model. */
  bytes: number;
  /** Bytes of activations among them, at their largest so far: onnxruntime's arena keeps what a run took. */
  workspace: number;
  /** Threads of its runs. undefined: all that its lease has. */
  readonly threads: number | undefined;
  /** Called once it is closed, has died or did not open; with the error when it could not be closed. */
  readonly gone: (error?: unknown) => void;
  users = 1;
  /** In ms of `performance.now()`. */
  lastUsed: number = performance.now();
  /** In ms of `performance.now()`. Until then its model is not evicted, so that opening it was worth its time. */
  sparedUntil = 0;
  #opening: Promise<OpenGraph> | undefined;
  #graph: OpenGraph | undefined;
  #grace = leastGrace;
  readonly #runs = new SessionRuns(() => void this.#dispose());
  #closing: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  readonly #listeners: (() => void)[] = [];

  constructor({ source, bytes, workspace, threads, gone }: SessionOptions) {
    this.threads = threads;
    this.source = source;
    this.bytes = bytes;
    this.workspace = workspace;
    this.gone = gone;
  }

  get isIdle(): boolean {
    return this.state === "open" && this.users === 0;
  }

  /** Watches the run whose turn it is. undefined when none is under way. */
  get watch(): RunWatch | undefined {
    return this.#runs.current;
  }

  /**
   * Opens it; from then on it holds `bytes` beside activations. Gives the bytes that only the opening took. Rejects as the
   * runtime does, LOAD_FAILED when that takes too long, CLOSED when the signal aborts with that.
   */
  async open(
    runtime: GraphRuntime,
    lease: DeviceLease,
    bytes: number,
    signal: AbortSignal,
  ): Promise<number> {
    const [start, reserved] = [this.lastUsed, this.bytes];
    const watch = new OpeningWatch(this.source, signal);
    // A runtime may throw before it gives a promise.
    const own = this.threads === undefined ? lease : { ...lease, threads: this.threads };
    this.#opening = Promise.resolve().then(() => runtime.open(this.source, own, watch.signal));
    try {
      this.#graph = await unlessAborted(this.#opening, watch.signal);
    } catch (error) {
      if (watch.signal.aborted) void this.#dispose();
      else this.#end();
      throw error;
    } finally {
      watch.end();
    }
    this.#graph.closed.catch(() => this.#end());
    this.state = "open";
    this.bytes = bytes + this.workspace;
    this.lastUsed = performance.now();
    const took = this.lastUsed - start;
    this.sparedUntil = this.lastUsed + took;
    this.#grace = Math.max(leastGrace, took);
    return reserved - this.bytes;
  }

  /** Bytes that a run of this workspace needs beside those that it holds. */
  extra(workspace: number): number {
    return Math.max(0, workspace - this.workspace);
  }

  /** Takes it for a run of this workspace, whose extra bytes are reserved. */
  take(workspace: number): this {
    const extra = this.extra(workspace);
    this.bytes += extra;
    this.workspace += extra;
    this.users++;
    return this;
  }

  /** Ends the use that began when it was opened or taken. */
  release(): void {
    this.users--;
    this.lastUsed = performance.now();
    this.#tell();
  }

  /**
   * The run that it was opened or taken for, and the milliseconds of its turn; ends that use. Rejects as the runtime does; with what its watch says when it is
   * overdue; with `Displaced` when another run was.
   */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
    options: RunWatchOptions,
  ): Promise<Ran<Record<string, Tensor>>> {
    try {
      throwIfAborted(options.signal);
      return await this.#runs.add(
        async () => this.#graph!.run(feeds, outputs),
        options,
        this.#grace,
      );
    } finally {
      this.release();
    }
  }

  /** Closes it after its last use. Resolves once its memory is back or its runtime has failed to close it. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Resolves when a use of it ends or it is gone. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#listeners.push(resolve));
  }

  async #close(): Promise<void> {
    while (this.users > 0 && this.state !== "closing") await this.change();
    if (this.state !== "closing") void this.#dispose();
    await this.#ending;
  }

  /** Closes it, whoever uses it. */
  #dispose(): Promise<void> {
    this.state = "closing";
    const end = (error?: unknown) => this.#end(error);
    const disposing = this.#opening!.then(
      (graph) => graph[Symbol.asyncDispose](),
      () => {}, // An opening that failed leaves nothing.
    );
    this.#ending ??= settledWithin(maxClosing, disposing).then(() => end(), end);
    return this.#ending;
  }

  #end(error?: unknown): void {
    this.state = "closing";
    this.gone(error);
    this.#tell();
  }

  #tell(): void {
    for (const resolve of this.#listeners.splice(0)) resolve();
  }
}
