import { graphOpen, graphRun } from "./channels.ts";
import type { DeviceLease } from "./device.ts";
import { throwIfAborted } from "./errors.ts";
import type { Graph, GraphRuntime, GraphSource, OpenGraph, Tensor } from "./graph.ts";
import type { ModelInfo } from "./model-info.ts";
import type { Room, Tenant } from "./room.ts";

export interface ResidentOptions {
  readonly id: string;
  readonly room: Room;
  readonly runtime: GraphRuntime;
  readonly replicas: number;
  /** Milliseconds idle after which its graphs are closed. */
  readonly keepAlive: number;
}

/** A graph in memory, on its way there or away; it counts until it is gone. */
interface Copy {
  readonly source: GraphSource;
  bytes: number;
  /** onnxruntime's arena keeps the most that a run ever took. */
  workspace: number;
  running: number;
  /** Its latest run, or its closing, settled either way. */
  work: PromiseLike<unknown>;
  graph?: OpenGraph;
  lastUsed: number;
}

/**
 * A model in memory: its declared graphs, those of them that are open, and the lease that pays for them. A graph is
 * opened ahead of a run and kept while the lease can grow; else the model closes its own least recently used one first.
 */
export class Resident implements Tenant {
  readonly id: string;
  readonly replicas: number;
  lease: DeviceLease | undefined;
  idleSince: number | undefined = performance.now();
  staysUntil = 0;
  readonly #room: Room;
  readonly #runtime: GraphRuntime;
  readonly #keepAlive: number;
  readonly #sources: GraphSource[] = [];
  readonly #copies = new Set<Copy>();
  #turns = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Decisions about memory are made one after another. */
  #decision: Promise<unknown> = Promise.resolve();

  constructor({ id, room, runtime, replicas, keepAlive }: ResidentOptions) {
    this.id = id;
    this.replicas = replicas;
    this.#room = room;
    this.#runtime = runtime;
    this.#keepAlive = keepAlive;
    room.enter(this);
  }

  declare(source: GraphSource): Graph {
    this.#sources.push(source);
    const never = new AbortController().signal;
    return {
      source,
      run: (feeds, outputs, signal = never) =>
        this.#run(source, feeds, outputs, signal) as Promise<any>,
    };
  }

  get info(): Pick<ModelInfo, "device" | "memory" | "graphs"> {
    return {
      device: this.#room.device.id,
      memory: { leased: this.lease?.bytes ?? 0, needed: this.floor },
      graphs: this.#sources.map((source) => ({
        name: source.name,
        open: this.#isOpen(source),
        bytes: source.bytes,
        peakBytes: source.peakBytes,
        overheadBytes: this.#overhead,
      })),
    };
  }

  /** DEVICE_EXHAUSTED, with the numbers, when its largest graph can never be opened. */
  refuseIfTooLarge(): void {
    this.#room.refuseIfTooLarge(this, this.floor);
  }

  /** The most it needs at once: its largest graph at its dearest moment, activations aside. */
  get floor(): number {
    const needs = this.#sources.map((source) =>
      this.#isOpen(source) ? 0 : this.#openingBytes(source, 0),
    );
    return Math.max(this.#held, ...needs);
  }

  /** Does some of the model's work with its memory pinned; waits first until the lease covers its largest graph. */
  async turn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.#turns++;
    this.idleSince = undefined;
    clearTimeout(this.#idleTimer);
    try {
      await this.#admit(signal);
      return await work();
    } finally {
      this.#turns--;
      if (this.#turns === 0) this.#rest();
    }
  }

  /** Opens every graph that the lease has room for. */
  async warm(signal: AbortSignal): Promise<void> {
    await this.turn(signal, async () => {
      for (const source of this.#sources) {
        if (this.#isOpen(source)) continue;
        if (!this.#room.grow(this, this.#held + this.#openingBytes(source, 0))) return;
        await this.#decide(() => this.#open(source, 0));
      }
    });
  }

  async vacate(): Promise<boolean> {
    const before = this.lease?.bytes ?? 0;
    await Promise.all([...this.#copies].filter(isIdle).map((copy) => this.#close(copy)));
    this.#settle();
    return (this.lease?.bytes ?? 0) < before;
  }

  /** For good: closes all graphs and returns the lease. Its runs must have ended. */
  async leave(): Promise<void> {
    clearTimeout(this.#idleTimer);
    await this.#decision.catch(() => {});
    await this.vacate();
    this.#room.leave(this);
    this.#room.changed();
  }

  async #admit(signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    const mayStay = !this.#room.contended || performance.now() < this.staysUntil;
    if (mayStay && this.lease && this.lease.bytes >= this.floor) return;
    await this.#room.claim(this, this.floor, signal);
  }

  #rest(): void {
    this.idleSince = performance.now();
    this.#settle();
    if (Number.isFinite(this.#keepAlive)) {
      this.#idleTimer = setTimeout(() => void this.vacate(), this.#keepAlive);
      this.#idleTimer.unref();
    }
  }

  /** Gives back what the lease has beyond what is held. */
  #settle(): void {
    if (this.#held > 0) this.lease?.resize(this.#held);
    else {
      this.lease?.[Symbol.dispose]();
      this.lease = undefined;
    }
    this.#room.changed();
  }

  async #run(
    source: GraphSource,
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
    signal: AbortSignal,
  ): Promise<Record<string, Tensor>> {
    const dims = Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
    const workspace = source.workspace?.(dims) ?? 0;
    const copy = await this.#decide(() => this.#ready(source, workspace, signal));
    const facts = { model: this.id, graph: source.name, dims };
    try {
      const run = graphRun.tracePromise(() => copy.graph!.run(feeds, outputs), facts);
      copy.work = run.catch(() => {});
      return await run;
    } finally {
      copy.running--;
      copy.lastUsed = performance.now();
    }
  }

  #decide<T>(decision: () => Promise<T>): Promise<T> {
    const decided = this.#decision.then(decision, decision);
    this.#decision = decided;
    return decided;
  }

  /** An open copy with memory for this run, counted as running from here on. */
  async #ready(source: GraphSource, workspace: number, signal: AbortSignal): Promise<Copy> {
    throwIfAborted(signal);
    const copies = this.#copiesOf(source).toSorted((a, b) => a.running - b.running);
    const opening = this.#openingBytes(source, workspace);
    const least = copies[0];
    if (least && !(this.#maySpread(copies) && this.#room.grow(this, this.#held + opening))) {
      await this.#cover(workspace - least.workspace, least, signal);
      if (this.#copies.has(least)) return use(least, workspace);
    }
    await this.#cover(opening, undefined, signal);
    return use(await this.#open(source, workspace), workspace);
  }

  #maySpread(copies: readonly Copy[]): boolean {
    return copies.length < this.replicas && copies.every(({ running }) => running > 0);
  }

  /**
   * Makes the lease cover `more` than is held: by growing, by closing own idle graphs, at last by waiting, either for
   * own runs to end or for others to give way.
   */
  async #cover(more: number, kept: Copy | undefined, signal: AbortSignal): Promise<void> {
    if (more <= 0) return;
    while (!this.#room.grow(this, this.#held + more)) {
      const others = [...this.#copies].filter((copy) => copy !== kept);
      const [oldest] = others.filter(isIdle).toSorted((a, b) => a.lastUsed - b.lastUsed);
      const together = this.#held + more > this.#room.device.bytes;
      if (oldest) await this.#close(oldest);
      else if (together && others.length > 0) await Promise.race(others.map(({ work }) => work));
      else return this.#room.claim(this, this.#held + more, signal);
    }
  }

  async #open(source: GraphSource, workspace: number): Promise<Copy> {
    const bytes = this.#openingBytes(source, workspace);
    const copy: Copy = {
      source,
      bytes,
      workspace: 0,
      running: 1,
      work: Promise.resolve(),
      lastUsed: 0,
    };
    this.#copies.add(copy);
    const start = performance.now();
    try {
      const facts = { model: this.id, graph: source.name };
      const open = () => this.#runtime.open(source, this.lease!);
      copy.graph = await graphOpen.tracePromise(open, facts);
    } catch (error) {
      this.#copies.delete(copy);
      throw error;
    }
    copy.running = 0;
    copy.bytes = source.bytes + this.#overhead;
    copy.workspace = workspace;
    copy.lastUsed = performance.now();
    this.staysUntil = copy.lastUsed + (copy.lastUsed - start);
    copy.graph.closed.catch(() => this.#bury(copy));
    return copy;
  }

  /** It died by itself; the next run opens it anew. */
  #bury(copy: Copy): void {
    this.#copies.delete(copy);
    if (this.#turns === 0) this.#settle();
  }

  async #close(copy: Copy): Promise<void> {
    copy.running = Infinity;
    const closing = copy.graph![Symbol.asyncDispose]();
    copy.work = closing;
    await closing;
    this.#copies.delete(copy);
  }

  #isOpen(source: GraphSource): boolean {
    return this.#copiesOf(source).length > 0;
  }

  #copiesOf(source: GraphSource): readonly Copy[] {
    return [...this.#copies].filter((copy) => copy.source === source && copy.running < Infinity);
  }

  get #held(): number {
    return [...this.#copies].reduce((sum, { bytes, workspace }) => sum + bytes + workspace, 0);
  }

  get #overhead(): number {
    return this.#runtime.overheadBytes ?? 0;
  }

  #openingBytes(source: GraphSource, workspace: number): number {
    return Math.max(source.peakBytes, source.bytes + workspace) + this.#overhead;
  }
}

function isIdle({ running }: Copy): boolean {
  return running === 0;
}

function use(copy: Copy, workspace: number): Copy {
  copy.workspace = Math.max(copy.workspace, workspace);
  copy.running++;
  return copy;
}
