import { KernelError } from "@kindred/core";
import type { Call } from "@kindred/core";
import type { Handler } from "./exchange.ts";

type State = Parameters<NonNullable<Call["onState"]>>[0];

/** A request in the kernel's hands. */
export interface RunningRequest {
  readonly model: string;
  readonly abort: (reason: unknown) => void;
  state?: State;
  /** From 0 to 1. */
  progress: number;
}

/** Ids that may be refused at a time. */
const mostRefused = 1_000;

/** The requests that run, by the ids that clients gave them. */
export class RunningRequests {
  readonly #byId = new Map<string, Set<RunningRequest>>();
  /** Models and ids of requests aborted before they came, with when that is forgotten. */
  readonly #refused = new Map<string, number>();

  /** Returns what ends it. ABORTED when an abort that came before it still holds. */
  add(ids: readonly string[], request: RunningRequest): () => void {
    const until = (id: string) => this.#refused.get(keyOf(request.model, id)) ?? 0;
    const refused = ids.find((id) => until(id) > Date.now());
    if (refused !== undefined) throw aborted(refused);
    for (const id of ids) this.#byId.set(id, (this.#byId.get(id) ?? new Set()).add(request));
    return () => {
      for (const id of ids) {
        const requests = this.#byId.get(id);
        requests?.delete(request);
        if (requests?.size === 0) this.#byId.delete(id);
      }
    };
  }

  get(id: string): readonly RunningRequest[] {
    return [...(this.#byId.get(id) ?? [])];
  }

  /** Aborts what runs on this model under this id. Returns how many did. */
  abort(model: string, id: string): number {
    const running = this.get(id).filter((request) => request.model === model);
    for (const { abort } of running) abort(aborted(id));
    return running.length;
  }

  /** Aborts for so many milliseconds what comes; 0 ends that. */
  refuse(model: string, id: string, milliseconds: number): void {
    const key = keyOf(model, id);
    this.#refused.delete(key);
    if (milliseconds > 0) this.#refused.set(key, Date.now() + milliseconds);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > mostRefused) this.#refused.delete(oldest!);
  }
}

function keyOf(model: string, id: string): string {
  return JSON.stringify([model, id]);
}

function aborted(id: string): KernelError {
  return new KernelError("ABORTED", `Request "${id}" was aborted.`);
}

/** GET /v1/requests/{request}/progress */
export function requestProgress(requests: RunningRequests): Handler {
  return (ctx) => {
    const { request } = ctx["params"] as { request: string };
    const [found] = requests.get(request);
    if (!found) return ctx.throw(404, `No request "${request}" is running.`);
    ctx.body = { progress: found.progress, ...found.state };
  };
}
