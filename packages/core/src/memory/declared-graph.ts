import { unlessAborted } from "../errors.ts";
import { dimsOf } from "../graph.ts";
import type { Dims, Graph, GraphSource, Tensor } from "../graph.ts";
import type { GraphInfo } from "../model-info.ts";
import { tracing } from "../tracing.ts";
import { GraphCopies } from "./graph-copies.ts";
import type { ModelMemory } from "./model-memory.ts";
import { RunBound } from "./run-bound.ts";
import { Displaced } from "./run-watch.ts";
import { Session } from "./session.ts";
import type { Need } from "./session.ts";

const never = new AbortController().signal;
const lost = "A graph could not be closed; its memory may be lost.";

/**
 * A graph that a model has declared. Its first run opens a session and later runs share it. While all its sessions are
 * busy, a run opens one more, up to the model's replicas, unless a model waits for memory or would have to give way. While runs
 * go on side by side, sessions of fewer threads are opened beside the first one, which is used until they are there. No
 * session is opened or taken before all the memory for it is reserved. A run whose session was ended because of another run
 * takes another session.
 */
export class DeclaredGraph implements Graph {
  readonly source: GraphSource;
  /** All that are in memory, on their way there or away. */
  readonly sessions: Set<Session> = new Set();
  readonly #model: ModelMemory;
  readonly #bound: RunBound;
  readonly #copies: GraphCopies;
  /** Bytes of activations of the largest run so far. */
  #workspace = 0;

  constructor(source: GraphSource, model: ModelMemory) {
    this.source = source;
    this.#model = model;
    this.#bound = new RunBound(model.runTimeout);
    this.#copies = new GraphCopies({
      graph: this,
      model,
      open: (need, threads) => this.#open(need, this.#workspace, never, threads),
    });
  }

  get isOpen(): boolean {
    return this.#leastBusy(this.sessions) !== undefined;
  }

  get info(): GraphInfo {
    const { name, precision, bytes, peakBytes } = this.source;
    const { overheadBytes = 0 } = this.#model.runtime;
    const workspaceBytes = this.#workspace;
    const runs = [...this.sessions].flatMap(({ watch }) => watch?.info ?? []);
    const [running] = runs.toSorted((a, b) => b.seconds - a.seconds);
    return {
      name,
      ...(precision !== undefined && { precision }),
      open: this.isOpen,
      bytes,
      peakBytes,
      workspaceBytes,
      overheadBytes,
      ...(running && { running }),
    };
  }

  bytes(dims?: Dims): number {
    return this.need((dims && this.source.workspace?.(dims)) ?? 0).bytes;
  }

  /** The memory to open it and to run it with this workspace. Default: the workspace of its largest run so far. */
  need(workspace: number = this.#workspace): Need {
    const { bytes, peakBytes } = this.source;
    const { overhead } = this.#model;
    return { ...overhead, bytes: Math.max(peakBytes, bytes + workspace) + overhead.bytes };
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
    signal: AbortSignal = never,
  ): Promise<any> {
    const dims = dimsOf(feeds);
    const workspace = this.source.workspace?.(dims) ?? 0;
    const facts = { model: this.#model.id, graph: this.source.name, dims };
    for (;;) {
      const session = await this.#model.decide(() => this.#take(workspace, signal), signal);
      this.#workspace = Math.max(this.#workspace, workspace);
      const options = { ...facts, max: this.#bound.of(workspace), signal };
      const work = async () => {
        const { elapsed, result } = await session.run(feeds, outputs, options);
        this.#bound.learn(elapsed, workspace);
        return result;
      };
      try {
        return await tracing.graphRun.tracePromise(work, facts);
      } catch (error) {
        if (!(error instanceof Displaced)) throw error;
      }
    }
  }

  /** Opens it for no run. False when another model would have to give way. Called within a decision. */
  async warm(signal: AbortSignal): Promise<boolean> {
    const need = this.need(0);
    if (!this.#model.memory.tryReserve(this.#model, need)) return false;
    (await this.#open(need, 0, signal)).release();
    return true;
  }

  /** A session that has memory for a run of this workspace, and is used by it from here on. */
  async #take(workspace: number, signal: AbortSignal): Promise<Session> {
    const { memory } = this.#model;
    this.#model.throwIfOver(signal);
    if (this.#model.isBeside) this.#copies.openOneMore();
    const session = this.#next();
    if (session && session.users > 0 && this.#mayReplicate()) {
      const need = this.need(workspace);
      if (memory.tryReserve(this.#model, need)) return this.#open(need, workspace, signal);
    }
    if (session) {
      const extra = { bytes: session.extra(workspace), process: 0 };
      if (extra.bytes > 0) await this.#reserve(extra, signal, session);
      if (session.state === "open") return session.take(workspace);
      memory.release(this.#model, extra);
    }
    const need = this.need(workspace);
    await this.#reserve(need, signal);
    return this.#open(need, workspace, signal);
  }

  /** The session for a run: of those of fewer threads too while runs go on side by side, and else of the others. */
  #next(): Session | undefined {
    const all = [...this.sessions];
    const wide = all.filter(({ threads }) => threads === undefined);
    if (!this.#model.isBeside) return this.#leastBusy(wide);
    const narrow = all.filter(({ threads, state }) => threads !== undefined && state === "open");
    return this.#leastBusy([...narrow, ...wide]);
  }

  #leastBusy(sessions: Iterable<Session>): Session | undefined {
    let least: Session | undefined;
    for (const session of sessions) {
      const fewer = least === undefined || session.users < least.users;
      if (session.state !== "closing" && fewer) least = session;
    }
    return least;
  }

  #mayReplicate(): boolean {
    return this.sessions.size < this.#model.replicas && !this.#model.memory.contended;
  }

  /**
   * The model first closes its own idle sessions, least recently used first, and waits for its busy ones where they leave
   * no room; then it waits in line.
   */
  async #reserve(need: Need, signal: AbortSignal, kept?: Session): Promise<void> {
    const model = this.#model;
    while (!model.memory.tryReserve(model, need)) {
      const others = model.sessions.filter((session) => session !== kept);
      const idle = others.filter(({ isIdle }) => isIdle);
      const [oldest] = idle.toSorted((a, b) => a.lastUsed - b.lastUsed);
      const shortage = model.memory.shortage(model, need);
      if (oldest) await oldest.close();
      else if (!shortage) return model.memory.reserve(model, need, signal);
      else if (others.length === 0) throw shortage;
      else await unlessAborted(Promise.race(others.map((each) => each.change())), signal);
    }
  }

  /** Opens a session whose need is reserved. */
  async #open(
    need: Need,
    workspace: number,
    signal: AbortSignal,
    threads?: number,
  ): Promise<Session> {
    const { source } = this;
    const { id, logger, memory, overhead, runtime } = this.#model;
    const facts = { model: id, graph: source.name };
    const gone = (error?: unknown) => {
      if (!this.sessions.delete(session)) return;
      memory.release(this.#model, { ...need, bytes: session.bytes });
      if (error) logger.error({ ...facts, error }, lost);
    };
    const session = new Session({ source, bytes: need.bytes, workspace, threads, gone });
    this.sessions.add(session);
    const lease = memory.leaseOf(this.#model)!;
    const open = () => session.open(runtime, lease, source.bytes + overhead.bytes, signal);
    const freed = await tracing.graphOpen.tracePromise(open, facts);
    memory.release(this.#model, { bytes: freed, process: 0 });
    return session;
  }
}
