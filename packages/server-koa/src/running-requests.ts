import { KernelError } from "@kindred/core";
import type { CallState } from "@kindred/core";

/** A request in the kernel's hands. */
export interface RunningRequest {
  /** The ids that its client may follow and abort it by. */
  readonly ids: readonly string[];
  readonly model: string;
  readonly abort: (reason: unknown) => void;
  state?: CallState;
  /** From 0 to 1. */
  progress: number;
}

/** Ids that are refused at the same time. Beyond them the oldest may come again. */
const maxRefused = 1_000;

/** The requests that run, and the ids of those that were aborted before they came. */
export class RunningRequests {
  readonly #running = new Set<RunningRequest>();
  /** When the refusal of a model's request ends, in milliseconds since 1970. Oldest first. */
  readonly #refused = new Map<string, number>();

  /** Returns what ends it. ABORTED when one of its ids is refused. */
  add(request: RunningRequest): () => void {
    for (const id of request.ids) {
      const until = this.#refused.get(keyOf(request.model, id)) ?? 0;
      if (until > Date.now()) throw aborted(id);
    }
    this.#running.add(request);
    return () => this.#running.delete(request);
  }

  /** The request of this id that came first. */
  find(id: string): RunningRequest | undefined {
    return [...this.#running].find(({ ids }) => ids.includes(id));
  }

  /** Aborts the requests of this id that run on this model. Returns how many there were. */
  abort(model: string, id: string): number {
    const found = [...this.#running].filter(
      (each) => each.model === model && each.ids.includes(id),
    );
    for (const { abort } of found) abort(aborted(id));
    return found.length;
  }

  /** Refuses requests of this id for so many milliseconds; 0 ends that. */
  refuse(model: string, id: string, milliseconds: number): void {
    const key = keyOf(model, id);
    this.#refused.delete(key);
    if (milliseconds > 0) this.#refused.set(key, Date.now() + milliseconds);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > maxRefused) this.#refused.delete(oldest!);
  }
}

function keyOf(model: string, id: string): string {
  return JSON.stringify([model, id]);
}

function aborted(id: string): KernelError {
  return new KernelError("ABORTED", `Request "${id}" was aborted.`);
}
