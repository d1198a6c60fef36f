import { tracing } from "../tracing.ts";
import { Copy } from "./copy.ts";
import type { DeviceLease } from "../device.ts";
import type { GraphRuntime, GraphSource } from "../graph.ts";
import type { Logger } from "../logger.ts";

/** One model's graphs in memory; each counts until it is gone. */
export class Copies {
  readonly #model: string;
  readonly #runtime: GraphRuntime;
  readonly #logger: Logger;
  readonly #all = new Set<Copy>();
  readonly #awaiting: (() => void)[] = [];

  constructor(model: string, runtime: GraphRuntime, logger: Logger) {
    this.#model = model;
    this.#runtime = runtime;
    this.#logger = logger;
  }

  /** Bytes of all, at their dearest so far. */
  get held(): number {
    return this.all.reduce((sum, { held }) => sum + held, 0);
  }

  get overheadBytes(): number {
    return this.#runtime.overheadBytes ?? 0;
  }

  get all(): readonly Copy[] {
    return [...this.#all];
  }

  /** Least recently used first. */
  get idle(): readonly Copy[] {
    return this.all.filter(({ isIdle }) => isIdle).toSorted((a, b) => a.lastUsed - b.lastUsed);
  }

  /** Least busy first. */
  of(source: GraphSource): readonly Copy[] {
    return this.all
      .filter((copy) => copy.source === source && !copy.isClosing)
      .toSorted((a, b) => a.users - b.users);
  }

  /** Whether it can still be run. */
  has(copy: Copy): boolean {
    return this.#all.has(copy) && !copy.isClosing;
  }

  openingBytes(source: GraphSource, workspace = 0): number {
    return Math.max(source.peakBytes, source.bytes + workspace) + this.overheadBytes;
  }

  /** For a run of this workspace; it counts from here on. `died` is called when it ends by itself. */
  async open(
    source: GraphSource,
    workspace: number,
    lease: DeviceLease,
    died: () => void,
  ): Promise<Copy> {
    const bytes = this.openingBytes(source, workspace);
    const copy = new Copy(source, bytes, workspace, () => this.#tell());
    this.#all.add(copy);
    try {
      const facts = { model: this.#model, graph: source.name };
      const graph = await tracing.graphOpen.tracePromise(
        () => this.#runtime.open(source, lease),
        facts,
      );
      copy.opened(graph, source.bytes + this.overheadBytes);
      graph.closed.catch(() => {
        this.#remove(copy);
        died();
      });
    } catch (error) {
      this.#remove(copy);
      throw error;
    }
    return copy;
  }

  /** A runtime that fails to close a graph is logged: nobody can do more about it. */
  async close(copy: Copy): Promise<void> {
    try {
      await copy.close();
    } catch (error) {
      const facts = { model: this.#model, graph: copy.source.name, error };
      this.#logger.error(facts, "A graph could not be closed; its memory may be lost.");
    } finally {
      this.#remove(copy);
    }
  }

  /** Closes those that are idle, and waits for those that are being closed. */
  async closeIdle(): Promise<void> {
    await Promise.all(this.idle.map((copy) => this.close(copy)));
    while (this.all.some(({ isClosing }) => isClosing)) await this.change();
  }

  /** Closes all, each once it is idle. */
  async closeAll(): Promise<void> {
    while (this.all.length > 0) {
      if (this.idle.length > 0) await this.closeIdle();
      else await this.change();
    }
  }

  /** Resolves when next a use of one ends, or one is gone. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#awaiting.push(resolve));
  }

  #remove(copy: Copy): void {
    this.#all.delete(copy);
    this.#tell();
  }

  #tell(): void {
    for (const resolve of this.#awaiting.splice(0)) resolve();
  }
}
