import { throwIfAborted, unlessAborted } from "../errors.ts";
import type { KernelError } from "../errors.ts";
import type { Dims, Graph, GraphRuntime, GraphSource } from "../graph.ts";
import { closed } from "../lanes/lane.ts";
import type { Logger } from "../logger.ts";
import type { ModelInfo } from "../model-info.ts";
import { DeclaredGraph } from "./declared-graph.ts";
import type { DeviceMemory } from "./device-memory.ts";
import { evict, isSpared } from "./eviction.ts";
import type { Need, Session } from "./session.ts";

type Facts = Pick<ModelInfo, "device" | "memory" | "graphs" | "replicas" | "keepAlive" | "idle">;
type Given = "id" | "memory" | "runtime" | "logger" | "replicas" | "keepAlive";
export type ModelMemoryOptions = Pick<ModelMemory, Given> &
  Partial<Pick<ModelMemory, "runTimeout" | "sideBySide">>;

/**
 * A model's declared graphs, and the turns in which they run. A turn begins once the model's lease covers all its open
 * graphs, or the opening of its largest closed one where that is more. Graphs stay open until another model needs their
 * memory, or their own model has been idle for its keep-alive.
 */
export class ModelMemory {
  readonly id: string;
  readonly memory: DeviceMemory;
  readonly runtime: GraphRuntime;
  readonly logger: Logger;
  /** Called once its graphs are closed since it was idle for its keep-alive. */
  onIdle: () => void = () => {};
  /** Runs side by side. */
  #replicas: number;
  /** Whether `replicas` have changed since its sessions were opened, whose threads they share. */
  #isResized = false;
  /** Runs side by side on fewer threads each, while several wait. 0: none. */
  #sideBySide: number;
  /** Milliseconds idle after which its graphs are closed. */
  #keepAlive: number;
  /** Milliseconds that a run of a graph may take. Default: by what its runs took before. */
  readonly runTimeout: number | undefined;
  /** The memory of an open graph beside its weights and activations. */
  readonly overhead: Need;
  /** When its last turn ended, in ms of `performance.now()`; undefined during a turn. */
  idleSince: number | undefined = performance.now();
  readonly #graphs: DeclaredGraph[] = [];
  readonly #turns = new Set<Promise<unknown>>();
  #closed = false;
  /** Turns under way that are side by side. */
  #beside = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #decision: Promise<void> = Promise.resolve();

  constructor(options: ModelMemoryOptions) {
    const { id, memory, runtime, logger, replicas, keepAlive, runTimeout } = options;
    this.#sideBySide = options.sideBySide ?? 0;
    const process = runtime.overheadBytes ?? 0;
    const isMain = memory.device.provider === "cpu";
    this.overhead = isMain ? { bytes: process, process: 0 } : { bytes: 0, process };
    this.id = id;
    this.memory = memory;
    this.runtime = runtime;
    this.logger = logger;
    this.#replicas = replicas;
    this.#keepAlive = keepAlive;
    this.runTimeout = runTimeout;
  }

  get replicas(): number {
    return this.#replicas;
  }

  /** Runs share the device's threads, so the next turn that is alone opens the sessions anew. */
  set replicas(replicas: number) {
    if (replicas === this.#replicas) return;
    this.#replicas = replicas;
    this.#sideBySide = 0;
    this.#isResized = true;
  }

  get sideBySide(): number {
    return this.#sideBySide;
  }

  get keepAlive(): number {
    return this.#keepAlive;
  }

  /** The time counts from the end of its last turn. */
  set keepAlive(milliseconds: number) {
    this.#keepAlive = milliseconds;
    this.awaitIdle();
  }

  /** Whether its graphs are closed only after all others where memory is short. */
  get isKept(): boolean {
    return this.#keepAlive === Infinity;
  }

  get info(): Facts {
    const { idleSince } = this;
    return {
      replicas: this.#replicas,
      keepAlive: this.#keepAlive / 1000,
      ...(idleSince !== undefined && { idle: Math.floor((performance.now() - idleSince) / 1000) }),
      device: this.memory.device.id,
      memory: { leased: this.memory.leaseOf(this)?.bytes ?? 0, needed: this.#needed },
      graphs: this.#graphs.map(({ info }) => info),
    };
  }

  get sessions(): readonly Session[] {
    return this.#graphs.flatMap(({ sessions }) => [...sessions]);
  }

  declare(source: GraphSource): Graph {
    const graph = new DeclaredGraph(source, this);
    this.#graphs.push(graph);
    return graph;
  }

  /** DEVICE_EXHAUSTED, with the numbers, when this graph could never be opened, or run with feeds of these shapes. It is not declared. */
  shortageOf(source: GraphSource, dims?: Dims): KernelError | undefined {
    const workspace = (dims && source.workspace?.(dims)) ?? 0;
    return this.memory.shortage(this, new DeclaredGraph(source, this).need(workspace));
  }

  /** DEVICE_EXHAUSTED, with the numbers, when its largest graph can never be opened. */
  refuseIfTooLarge(): void {
    const shortage = this.memory.shortage(this, { ...this.overhead, bytes: this.#needed });
    if (shortage) throw shortage;
  }

  /**
   * Does some of the model's work, once there is memory to begin it with. CLOSED once the model is closed, ABORTED before
   * the work begins, DEVICE_EXHAUSTED when the model can never have that memory.
   */
  async turn<T>(signal: AbortSignal, work: () => Promise<T>, isBeside = false): Promise<T> {
    throwIfAborted(signal);
    if (this.#closed) throw closed(this.id);
    this.idleSince = undefined;
    clearTimeout(this.#idleTimer);
    const turn = this.#begin(signal).then(work);
    this.#turns.add(turn);
    if (isBeside) this.#beside++;
    try {
      return await turn;
    } finally {
      this.#turns.delete(turn);
      if (isBeside) this.#beside--;
      if (this.#turns.size === 0) this.#rest();
    }
  }

  /** Whether runs go on side by side now. */
  get isBeside(): boolean {
    return this.#beside > 0;
  }

  /** Opens every graph that there is room for, while no model waits for memory. Rejects as `turn` does. */
  async warm(signal: AbortSignal): Promise<void> {
    const openAll = async () => {
      for (const graph of this.#graphs.filter(({ isOpen }) => !isOpen)) {
        throwIfAborted(signal);
        if (this.#closed) throw closed(this.id);
        if (this.memory.contended || !(await graph.warm(signal))) return;
      }
    };
    await this.turn(signal, () => this.decide(openAll, signal));
  }

  /** Runs that wait for memory get CLOSED and turns under way end; then all graphs are closed and the leases returned. */
  async close(): Promise<void> {
    this.#closed = true;
    this.memory.refuse(this, closed(this.id));
    await Promise.allSettled(this.#turns);
    await this.#decision;
    clearTimeout(this.#idleTimer);
    await Promise.all(this.sessions.map((session) => session.close()));
    this.memory.shrink(this);
  }

  /** Closes its graphs once it was idle for its keep-alive. During a turn it does nothing: its end calls this. */
  awaitIdle(): void {
    if (this.#turns.size > 0) return;
    clearTimeout(this.#idleTimer);
    if (this.#keepAlive >= 2 ** 31) return; // Node would make it 1 ms.
    const idle = performance.now() - (this.idleSince ?? performance.now());
    const left = Math.max(0, this.#keepAlive - idle);
    this.#idleTimer = setTimeout(
      () => void evict(this, "idle").then(() => this.onIdle()),
      left,
    ).unref();
  }

  /** Decisions about the model's memory are made one after another. ABORTED when the signal aborts before its turn. */
  async decide<T>(decision: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#decision;
    let end!: () => void;
    this.#decision = new Promise((resolve) => (end = resolve));
    try {
      await unlessAborted(before, signal);
      return await decision();
    } finally {
      void before.then(end);
    }
  }

  /** Throws ABORTED, or CLOSED once the model is closed and its last turn is over: that one may still run graphs. */
  throwIfOver(signal: AbortSignal): void {
    throwIfAborted(signal);
    if (this.#closed && this.#turns.size === 0) throw closed(this.id);
  }

  get #needed(): number {
    return Math.max(0, ...this.#graphs.map((graph) => graph.need().bytes));
  }

  async #begin(signal: AbortSignal): Promise<void> {
    if (this.#isResized && this.#turns.size === 0) {
      this.#isResized = false;
      await evict(this);
    }
    const mayStay = !this.memory.contended || isSpared(this);
    if (mayStay && (this.memory.leaseOf(this)?.bytes ?? 0) >= this.#floor()) return;
    await this.memory.lease(this, () => this.#floor(), signal);
  }

  #floor(): number {
    let floor = this.memory.reservedBy(this);
    for (const graph of this.#graphs) if (!graph.isOpen) floor = Math.max(floor, graph.bytes());
    return floor;
  }

  #rest(): void {
    this.idleSince = performance.now();
    this.memory.shrink(this);
    if (this.memory.contended) this.memory.serve();
    this.awaitIdle();
  }
}
