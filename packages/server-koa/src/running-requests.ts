import { KernelError } from "@kindred/core";
import type { CallState } from "@kindred/core";
import { isOpenTo } from "./keys/asker.ts";
import type { Asker } from "./keys/asker.ts";

/** A request in the kernel's hands. */
export interface RunningRequest {
  /** The ids that its client may follow and abort it by. */
  readonly ids: readonly string[];
  readonly model: string;
  /** Whose it is. undefined: anybody's. */
  readonly caller: string | undefined;
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
  /** When the refusal of a caller's request to a model ends, in milliseconds since 1970. Oldest first. */
  readonly #refused = new Map<string, number>();

  /** Returns what ends it. ABORTED when one of its ids is refused. */
  add(request: RunningRequest): () => void {
    for (const id of request.ids) {
      const keys = [request.caller, undefined].map((caller) => keyOf(request.model, id, caller));
      if (keys.some((key) => (this.#refused.get(key) ?? 0) > Date.now())) throw aborted(id);
    }
    this.#running.add(request);
    return () => this.#running.delete(request);
  }

  /** The request of this id that came first, of those that are open to the asker. */
  find(id: string, asker: Asker): RunningRequest | undefined {
    return [...this.#running].find(
      ({ ids, caller }) => ids.includes(id) && isOpenTo(asker, caller),
    );
  }

  /** Aborts the requests of this id that run on this model and are open to the asker. Returns how many there were. */
  abort(model: string, id: string, asker: Asker): number {
    const found = [...this.#running].filter(
      (each) => each.model === model && each.ids.includes(id) && isOpenTo(asker, each.caller),
    );
    for (const { abort } of found) abort(aborted(id));
    return found.length;
  }

  /** Refuses requests of this id for so many milliseconds; 0 ends that. An administrator's are refused to all callers, others to the asker. */
  refuse(model: string, id: string, milliseconds: number, { caller, isAdmin }: Asker): void {
    const key = keyOf(model, id, isAdmin ? undefined : caller);
    this.#refused.delete(key);
    if (milliseconds > 0) this.#refused.set(key, Date.now() + milliseconds);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > maxRefused) this.#refused.delete(oldest!);
  }
}

function keyOf(model: string, id: string, caller: string | undefined): string {
  return JSON.stringify([model, id, caller]);
}

function aborted(id: string): KernelError {
  return new KernelError("ABORTED", `Request "${id}" was aborted.`);
}
