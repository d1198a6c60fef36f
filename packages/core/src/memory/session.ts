import type { DeviceLease } from "../device.ts";
import type { GraphRuntime, GraphSource, OpenGraph, Tensor } from "../graph.ts";

/** Memory that a graph holds, or is about to. */
export interface Need {
  /** Bytes of its device. */
  readonly bytes: number;
  /** Bytes of main memory for its process. 0 where its device is main memory: then they are among `bytes`. */
  readonly process: number;
}

export type SessionOptions = Pick<Session, "source" | "bytes" | "workspace" | "gone">;

/**
 * One open graph and how many use it: the run that it is opened for, and runs that take it. Runs take it only while it is
 * "open", and it is closed only while nobody uses it.
 */
export class Session {
  readonly source: GraphSource;
  /** "closing" until it is gone, and afterwards. */
  state: "opening" | "open" | "closing" = "opening";
  /** Bytes of the device that it holds, reserved by its model. */
  bytes: number;
  /** Bytes of activations among them, at their largest so far: onnxruntime's arena keeps what a run took. */
  workspace: number;
  /** Called once it is closed, has died or did not open; with the error when it could not be closed. */
  readonly gone: (error?: unknown) => void;
  users = 1;
  /** In ms of `performance.now()`. */
  lastUsed: number = performance.now();
  /** In ms of `performance.now()`. Until then its model is not evicted, so that opening it was worth its time. */
  sparedUntil = 0;
  #graph: OpenGraph | undefined;
  #closing: Promise<void> | undefined;
  readonly #listeners: (() => void)[] = [];

  constructor({ source, bytes, workspace, gone }: SessionOptions) {
    this.source = source;
    this.bytes = bytes;
    this.workspace = workspace;
    this.gone = gone;
  }

  get isIdle(): boolean {
    return this.state === "open" && this.users === 0;
  }

  /** Opens it; from then on it holds `bytes` beside activations. Gives the bytes that only the opening took. */
  async open(runtime: GraphRuntime, lease: DeviceLease, bytes: number): Promise<number> {
    const [start, reserved] = [this.lastUsed, this.bytes];
    try {
      this.#graph = await runtime.open(this.source, lease);
    } catch (error) {
      this.#end();
      throw error;
    }
    this.#graph.closed.catch(() => this.#end());
    this.state = "open";
    this.bytes = bytes + this.workspace;
    this.lastUsed = performance.now();
    this.sparedUntil = this.lastUsed + (this.lastUsed - start);
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

  /** The run that it was opened or taken for; ends that use. */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, Tensor>> {
    try {
      return await this.#graph!.run(feeds, outputs);
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
    if (this.state === "closing") return;
    this.state = "closing";
    const end = (error?: unknown) => this.#end(error);
    // A runtime may throw before it gives a promise.
    const disposing = Promise.resolve().then(() => this.#graph![Symbol.asyncDispose]());
    await disposing.then(() => end(), end);
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
