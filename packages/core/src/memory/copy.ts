import type { GraphSource, OpenGraph, Tensor } from "../graph.ts";

/** A graph in memory, on its way there or away: what it holds, and who uses it. It is in use while it opens. */
export class Copy {
  readonly source: GraphSource;
  /** In ms of `performance.now()`. */
  lastUsed = 0;
  #graph: OpenGraph | undefined;
  #held: number;
  #workspace: number;
  #users = 1;
  #closing = false;
  readonly #changed: () => void;

  /** `changed` hears when a use of it ends. */
  constructor(source: GraphSource, openingBytes: number, workspace: number, changed: () => void) {
    this.source = source;
    this.#held = openingBytes;
    this.#workspace = workspace;
    this.#changed = changed;
  }

  /** Bytes, activations included: onnxruntime's arena keeps the most that a run ever took. */
  get held(): number {
    return this.#held;
  }

  get users(): number {
    return this.#users;
  }

  get isClosing(): boolean {
    return this.#closing;
  }

  get isIdle(): boolean {
    return this.#users === 0 && !this.#closing;
  }

  /** Bytes that a run of this workspace needs beside what is held. */
  extra(workspace: number): number {
    return Math.max(0, workspace - this.#workspace);
  }

  /** It is open, and holds `bytes` beside the activations. */
  opened(graph: OpenGraph, bytes: number): void {
    this.#graph = graph;
    this.#held = bytes + this.#workspace;
    this.lastUsed = performance.now();
  }

  /** Takes it for a run. */
  take(workspace: number): void {
    this.#held += this.extra(workspace);
    this.#workspace = Math.max(this.#workspace, workspace);
    this.#users++;
  }

  /** Ends what taking or opening it began. */
  release(): void {
    this.#users--;
    this.lastUsed = performance.now();
    this.#changed();
  }

  /** The run that it was taken or opened for. */
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

  /** Only when it is idle. Resolves when its memory is back. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#graph![Symbol.asyncDispose]();
  }
}
