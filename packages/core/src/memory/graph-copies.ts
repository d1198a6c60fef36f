import type { DeclaredGraph } from "./declared-graph.ts";
import type { ModelMemory } from "./model-memory.ts";
import type { Need, Session } from "./session.ts";

const notCopied = "A graph could not be opened once more, so its runs go on one after the other.";
/** Bytes of a graph that is copied. A larger one's operators keep all threads busy by themselves: 2 % for twice the memory. */
const maxCopiedBytes = 250_000_000;
/** Share of the device's memory that sessions of fewer threads may take. */
const maxCopiesShare = 1 / 4;

export interface GraphCopiesOptions {
  readonly graph: Pick<DeclaredGraph, "source" | "sessions" | "need">;
  readonly model: ModelMemory;
  /** Opens a session of so many threads, whose need is reserved, and takes it. */
  readonly open: (need: Need, threads: number) => Promise<Session>;
}

/** A graph's sessions of fewer threads. They are opened beside the first one, one after the other. */
export class GraphCopies {
  readonly #graph: GraphCopiesOptions["graph"];
  readonly #model: ModelMemory;
  readonly #open: GraphCopiesOptions["open"];
  /** Whether one is on its way, or could not be opened. */
  #copying: "none" | "opening" | "failed" = "none";

  constructor({ graph, model, open }: GraphCopiesOptions) {
    this.#graph = graph;
    this.#model = model;
    this.#open = open;
  }

  /**
   * Opens one more, up to as many as runs go on side by side, where that takes nothing from others. The runs meanwhile have those
   * that are open. After one that could not be opened there are no more. Called within a decision.
   */
  openOneMore(): void {
    const { sideBySide, memory } = this.#model;
    const all = [...this.#graph.sessions];
    const isOpen = all.some(({ threads, state }) => threads === undefined && state === "open");
    const narrow = all.filter(({ threads }) => threads !== undefined);
    const need = this.#graph.need();
    const fits =
      this.#graph.source.bytes <= maxCopiedBytes &&
      sideBySide * need.bytes <= maxCopiesShare * memory.device.bytes;
    if (!isOpen || this.#copying !== "none" || narrow.length >= sideBySide || !fits) return;
    if (memory.contended || !memory.tryReserve(this.#model, need)) return;
    this.#copying = "opening";
    const threads = Math.max(1, Math.floor(memory.device.threads / sideBySide));
    this.#open(need, threads).then(
      (session) => {
        this.#copying = "none";
        session.release();
      },
      (error: unknown) => {
        this.#copying = "failed";
        this.#model.logger.warn({ model: this.#model.id, error }, notCopied);
      },
    );
  }
}
