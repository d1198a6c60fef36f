import { graphRun } from "./channels.ts";
import { Copies } from "./copies.ts";
import type { Copy } from "./copies.ts";
import type { DeviceLease } from "./device.ts";
import { dimsOf } from "./dims.ts";
import { throwIfAborted } from "./errors.ts";
import type { Dims, Graph, GraphRuntime, GraphSource } from "./graph.ts";
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
  readonly #keepAlive: number;
  /** With the activations of their largest run so far. */
  readonly #sources = new Map<GraphSource, number>();
  readonly #copies: Copies;
  #turns = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Decisions about memory are made one after another. */
  #decision: Promise<unknown> = Promise.resolve();

  constructor({ id, room, runtime, replicas, keepAlive }: ResidentOptions) {
    this.id = id;
    this.replicas = replicas;
    this.#room = room;
    this.#keepAlive = keepAlive;
    this.#copies = new Copies(id, runtime);
    room.enter(this);
  }

  get info(): Pick<ModelInfo, "device" | "memory" | "graphs"> {
    return {
      device: this.#room.device.id,
      memory: { leased: this.lease?.bytes ?? 0, needed: this.#needed },
      graphs: Array.from(this.#sources, ([source, workspaceBytes]) => ({
        name: source.name,
        open: this.#isOpen(source),
        bytes: source.bytes,
        peakBytes: source.peakBytes,
        workspaceBytes,
        overheadBytes: this.#copies.overheadBytes,
      })),
    };
  }

  /** Its largest graph at its dearest moment. */
  get #needed(): number {
    const needs = Array.from(this.#sources, ([source, workspace]) =>
      this.#copies.openingBytes(source, workspace),
    );
    return Math.max(0, ...needs);
  }

  /** What a turn must have before it starts: all that is open, and room to open the largest of the rest. */
  get floor(): number {
    const closed = [...this.#sources.keys()].filter((source) => !this.#isOpen(source));
    const needs = closed.map((source) => this.#copies.openingBytes(source));
    return Math.max(this.#copies.held, ...needs);
  }

  declare(source: GraphSource): Graph {
    this.#sources.set(source, 0);
    const never = new AbortController().signal;
    return {
      source,
      run: (feeds, outputs, signal = never) =>
        this.#run(source, signal, dimsOf(feeds), ({ graph }) =>
          graph!.run(feeds, outputs),
        ) as Promise<any>,
    };
  }

  /** DEVICE_EXHAUSTED, with the numbers, when its largest graph can never be opened. */
  refuseIfTooLarge(): void {
    this.#room.refuseIfTooLarge(this, this.#needed);
  }

  /** Does some of the model's work with its memory pinned; waits first until the lease covers the floor. */
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

  /** Opens every graph that there is room for. */
  async warm(signal: AbortSignal): Promise<void> {
    const openAll = async () => {
      for (const source of this.#sources.keys()) {
        if (this.#isOpen(source)) continue;
        if (!this.#grow(this.#copies.openingBytes(source))) return;
        await this.#open(source);
      }
    };
    await this.turn(signal, () => this.#decide(openAll));
  }

  async vacate(): Promise<boolean> {
    const before = this.lease?.bytes ?? 0;
    await Promise.all(this.#copies.idle.map((copy) => this.#copies.close(copy)));
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
    if (this.#copies.held > 0) this.lease?.resize(this.#copies.held);
    else {
      this.lease?.[Symbol.dispose]();
      this.lease = undefined;
    }
    this.#room.changed();
  }

  async #run<T>(
    source: GraphSource,
    signal: AbortSignal,
    dims: Dims,
    work: (copy: Copy) => Promise<T>,
  ): Promise<T> {
    const workspace = source.workspace?.(dims) ?? 0;
    const copy = await this.#decide(() => this.#ready(source, workspace, signal));
    this.#sources.set(source, Math.max(workspace, this.#sources.get(source)!));
    try {
      const facts = { model: this.id, graph: source.name, dims };
      const run = graphRun.tracePromise(() => work(copy), facts);
      copy.work = run.catch(() => {});
      return await run;
    } finally {
      copy.running--;
      copy.lastUsed = performance.now();
    }
  }

  #isOpen(source: GraphSource): boolean {
    return this.#copies.of(source).length > 0;
  }

  #decide<T>(decision: () => Promise<T>): Promise<T> {
    const decided = this.#decision.then(decision, decision);
    this.#decision = decided;
    return decided;
  }

  /** An open copy with memory for this run, counted as running from here on. */
  async #ready(source: GraphSource, workspace: number, signal: AbortSignal): Promise<Copy> {
    throwIfAborted(signal);
    const copies = this.#copies.of(source);
    const opening = this.#copies.openingBytes(source, workspace);
    const [least] = copies;
    if (least && !(this.#maySpread(copies) && this.#grow(opening))) {
      await this.#cover(workspace - least.workspace, signal, least);
      if (this.#copies.has(least)) return use(least, workspace);
    }
    await this.#cover(opening, signal);
    return use(await this.#open(source), workspace);
  }

  #maySpread(copies: readonly Copy[]): boolean {
    return copies.length < this.replicas && copies.every(({ running }) => running > 0);
  }

  #grow(more: number): boolean {
    return this.#room.grow(this, this.#copies.held + more);
  }

  /**
   * Makes the lease cover `more` than is held: by growing, by closing own idle graphs, at last by waiting, either for
   * own runs to end or for others to give way.
   */
  async #cover(more: number, signal: AbortSignal, kept?: Copy): Promise<void> {
    while (more > 0 && !this.#grow(more)) {
      const oldest = this.#copies.idle.find((copy) => copy !== kept);
      const others = this.#copies.all.filter((copy) => copy !== kept);
      const together = this.#copies.held + more > this.#room.device.bytes;
      if (oldest) await this.#copies.close(oldest);
      else if (together && others.length > 0) await Promise.race(others.map(({ work }) => work));
      else return this.#room.claim(this, this.#copies.held + more, signal);
    }
  }

  async #open(source: GraphSource): Promise<Copy> {
    const start = performance.now();
    const died = () => this.#turns === 0 && this.#settle();
    const copy = await this.#copies.open(source, this.lease!, died);
    this.staysUntil = copy.lastUsed + (copy.lastUsed - start);
    return copy;
  }
}

function use(copy: Copy, workspace: number): Copy {
  copy.workspace = Math.max(copy.workspace, workspace);
  copy.running++;
  return copy;
}
