import { graphOpen } from "./channels.ts";
import type { DeviceLease } from "./device.ts";
import type { GraphRuntime, GraphSource, OpenGraph } from "./graph.ts";

/** A graph in memory, on its way there or away; it counts until it is gone. */
export interface Copy {
  readonly source: GraphSource;
  bytes: number;
  /** onnxruntime's arena keeps the most that a run ever took. */
  workspace: number;
  /** Runs under way; Infinity from its closing on. */
  running: number;
  /** Its latest run, or its closing, settled either way. */
  work: PromiseLike<unknown>;
  graph?: OpenGraph;
  lastUsed: number;
}

/** One model's open graphs, and what they hold. */
export class Copies {
  readonly #model: string;
  readonly #runtime: GraphRuntime;
  readonly #all = new Set<Copy>();

  constructor(model: string, runtime: GraphRuntime) {
    this.#model = model;
    this.#runtime = runtime;
  }

  /** Bytes of all, at their dearest so far. */
  get held(): number {
    return this.all.reduce((sum, { bytes, workspace }) => sum + bytes + workspace, 0);
  }

  get overheadBytes(): number {
    return this.#runtime.overheadBytes ?? 0;
  }

  get all(): readonly Copy[] {
    return [...this.#all];
  }

  /** Least recently used first. */
  get idle(): readonly Copy[] {
    return this.all
      .filter(({ running }) => running === 0)
      .toSorted((a, b) => a.lastUsed - b.lastUsed);
  }

  /** Least busy first. */
  of(source: GraphSource): readonly Copy[] {
    return this.all
      .filter((copy) => copy.source === source && copy.running < Infinity)
      .toSorted((a, b) => a.running - b.running);
  }

  /** Whether it can still be run. */
  has(copy: Copy): boolean {
    return this.#all.has(copy) && copy.running < Infinity;
  }

  openingBytes(source: GraphSource, workspace = 0): number {
    return Math.max(source.peakBytes, source.bytes + workspace) + this.overheadBytes;
  }

  /** `died` is called when it ends by itself. */
  async open(source: GraphSource, lease: DeviceLease, died: () => void): Promise<Copy> {
    const bytes = this.openingBytes(source);
    const copy: Copy = {
      source,
      bytes,
      workspace: 0,
      running: 1,
      work: Promise.resolve(),
      lastUsed: 0,
    };
    this.#all.add(copy);
    try {
      const facts = { model: this.#model, graph: source.name };
      copy.graph = await graphOpen.tracePromise(() => this.#runtime.open(source, lease), facts);
    } catch (error) {
      this.#all.delete(copy);
      throw error;
    }
    copy.running = 0;
    copy.bytes = source.bytes + this.overheadBytes;
    copy.lastUsed = performance.now();
    copy.graph.closed.catch(() => {
      this.#all.delete(copy);
      died();
    });
    return copy;
  }

  async close(copy: Copy): Promise<void> {
    copy.running = Infinity;
    const closing = copy.graph![Symbol.asyncDispose]();
    copy.work = closing;
    await closing;
    this.#all.delete(copy);
  }
}
