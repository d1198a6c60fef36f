import { tracing } from "../tracing.ts";
import { Copies } from "./copies.ts";
import type { Copy } from "./copy.ts";
import { DeclaredGraphs } from "./declared-graphs.ts";
import type { DeviceLease } from "../device.ts";
import { dimsOf } from "../graph.ts";
import { throwIfAborted, unlessAborted } from "../errors.ts";
import type { Graph, GraphRuntime, GraphSource, Tensor } from "../graph.ts";
import { closed } from "../lanes/lane.ts";
import type { Logger } from "../logger.ts";
import type { ModelInfo } from "../model-info.ts";
import type { Room, Tenant } from "./room.ts";

export interface ResidentOptions {
  readonly id: string;
  readonly room: Room;
  readonly runtime: GraphRuntime;
  readonly logger: Logger;
  readonly replicas: number;
  /** Milliseconds idle after which its graphs are closed. */
  readonly keepAlive: number;
}

/** Milliseconds. Node makes 1 of more. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * A model in memory: its declared graphs, those of them that are open, and the lease that pays for them. A graph is
 * opened ahead of a run and kept while the lease can grow; else the model closes its own least recently used one first.
 *
 * The lease covers what its copies hold at any time: it grows and a copy takes what it grew by in one step, in between
 * nothing is awaited.
 */
export class Resident implements Tenant {
  readonly id: string;
  readonly replicas: number;
  lease: DeviceLease | undefined;
  idleSince: number | undefined = performance.now();
  staysUntil = 0;
  readonly #room: Room;
  readonly #keepAlive: number;
  readonly #copies: Copies;
  readonly #graphs: DeclaredGraphs;
  readonly #turns = new Set<Promise<unknown>>();
  #left = false;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Decisions about memory are made one after another. */
  #decision: Promise<unknown> = Promise.resolve();

  constructor({ id, room, runtime, logger, replicas, keepAlive }: ResidentOptions) {
    this.id = id;
    this.replicas = replicas;
    this.#room = room;
    this.#keepAlive = keepAlive;
    this.#copies = new Copies(id, runtime, logger);
    this.#graphs = new DeclaredGraphs(this.#copies);
    room.enter(this);
  }

  get info(): Pick<ModelInfo, "device" | "memory" | "graphs"> {
    return {
      device: this.#room.device.id,
      memory: { leased: this.lease?.bytes ?? 0, needed: this.#graphs.needed },
      graphs: this.#graphs.info,
    };
  }

  declare(source: GraphSource): Graph {
    this.#graphs.add(source);
    const never = new AbortController().signal;
    return {
      source,
      bytes: (dims) =>
        this.#copies.openingBytes(source, dims ? (source.workspace?.(dims) ?? 0) : 0),
      run: (feeds, outputs, signal = never) =>
        this.#run(source, feeds, outputs, signal) as Promise<any>,
    };
  }

  /** DEVICE_EXHAUSTED, with the numbers, when its largest graph can never be opened. */
  refuseIfTooLarge(): void {
    this.#room.refuseIfTooLarge(this, this.#graphs.needed);
  }

  /** Does some of the model's work with its memory pinned; waits first until the lease covers what it needs to start. CLOSED once it has left. */
  async turn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.#throwIfOver(signal);
    this.idleSince = undefined;
    clearTimeout(this.#idleTimer);
    const turn = this.#admit(signal).then(work);
    this.#turns.add(turn);
    try {
      return await turn;
    } finally {
      this.#turns.delete(turn);
      if (this.#turns.size === 0) this.#rest();
    }
  }

  /** Opens every graph that there is room for, while nobody waits for memory. */
  async warm(signal: AbortSignal): Promise<void> {
    const openAll = async () => {
      for (const source of this.#graphs.closed) {
        this.#throwIfOver(signal);
        if (this.#room.contended || !this.#grow(this.#copies.openingBytes(source))) return;
        (await this.#open(source, 0)).release();
      }
    };
    await this.turn(signal, () => this.#decide(openAll));
  }

  async vacate(): Promise<boolean> {
    const before = this.lease?.bytes ?? 0;
    await this.#copies.closeIdle();
    this.#settle();
    return (this.lease?.bytes ?? 0) < before;
  }

  /** For good: who waits for memory gets CLOSED, turns under way end, all graphs are closed and the lease is returned. */
  async leave(): Promise<void> {
    this.#left = true;
    this.#room.leave(this, closed(this.id));
    await Promise.allSettled([...this.#turns, this.#decision]);
    clearTimeout(this.#idleTimer);
    await this.#copies.closeAll();
    this.#settle();
  }

  async #admit(signal: AbortSignal): Promise<void> {
    const mayStay = !this.#room.contended || performance.now() < this.staysUntil;
    if (mayStay && this.lease && this.lease.bytes >= this.#graphs.floor) return;
    await this.#room.claim(this, () => this.#graphs.floor, signal);
  }

  #throwIfOver(signal: AbortSignal): void {
    throwIfAborted(signal);
    if (this.#left) throw closed(this.id);
  }

  #rest(): void {
    this.idleSince = performance.now();
    this.#settle();
    if (this.#keepAlive <= LONGEST_TIMEOUT) {
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

  async #run(
    source: GraphSource,
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
    signal: AbortSignal,
  ): Promise<Record<string, Tensor>> {
    const dims = dimsOf(feeds);
    const workspace = source.workspace?.(dims) ?? 0;
    const copy = await this.#decide(() => this.#ready(source, workspace, signal));
    this.#graphs.ran(source, workspace);
    const facts = { model: this.id, graph: source.name, dims };
    return tracing.graphRun.tracePromise(() => copy.run(feeds, outputs), facts);
  }

  #decide<T>(decision: () => Promise<T>): Promise<T> {
    const decided = this.#decision.then(decision, decision);
    this.#decision = decided;
    return decided;
  }

  /** An open copy with memory for this run, taken. */
  async #ready(source: GraphSource, workspace: number, signal: AbortSignal): Promise<Copy> {
    throwIfAborted(signal);
    // A run that its turn did not wait for may ask for another after the end.
    if (this.#left && this.#turns.size === 0) throw closed(this.id);
    const copies = this.#copies.of(source);
    const opening = this.#copies.openingBytes(source, workspace);
    const [least] = copies;
    if (least && !(this.#maySpread(copies) && this.#grow(opening))) {
      while (this.#copies.has(least)) {
        if (this.#grow(least.extra(workspace))) {
          least.take(workspace);
          return least;
        }
        await this.#makeWay(least.extra(workspace), signal, least);
      }
    }
    while (!this.#grow(opening)) await this.#makeWay(opening, signal);
    return this.#open(source, workspace);
  }

  #maySpread(copies: readonly Copy[]): boolean {
    const busy = copies.length < this.replicas && copies.every(({ users }) => users > 0);
    return busy && !this.#room.contended;
  }

  /** Grows the lease by `more` than is held, if that needs nobody to give way. */
  #grow(more: number): boolean {
    return this.#room.grow(this, this.#copies.held + more);
  }

  /** One step towards `more`: an own idle graph is closed, or an own run ends, or others have given way. */
  async #makeWay(more: number, signal: AbortSignal, kept?: Copy): Promise<void> {
    throwIfAborted(signal);
    const oldest = this.#copies.idle.find((copy) => copy !== kept);
    const others = this.#copies.all.filter((copy) => copy !== kept);
    const together = this.#copies.held + more > this.#room.device.bytes;
    if (oldest) await this.#copies.close(oldest);
    else if (together && others.length > 0) await unlessAborted(this.#copies.change(), signal);
    else await this.#room.claim(this, () => this.#copies.held + more, signal);
  }

  /** The lease must have grown for it. */
  async #open(source: GraphSource, workspace: number): Promise<Copy> {
    const start = performance.now();
    const died = () => this.#turns.size === 0 && this.#settle();
    const copy = await this.#copies.open(source, workspace, this.lease!, died);
    this.staysUntil = copy.lastUsed + (copy.lastUsed - start);
    return copy;
  }
}
