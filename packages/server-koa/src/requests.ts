import { KernelError } from "@kindred/core";
import type { Call } from "@kindred/core";
import type { Handler } from "./exchange.ts";

type State = Parameters<NonNullable<Call["onState"]>>[0];

/** A request in the kernel's hands. */
export interface RunningRequest {
  readonly abort: (reason: unknown) => void;
  state?: State;
  /** From 0 to 1. */
  progress: number;
}

/** The requests that run, by the ids that clients gave them. */
export class RunningRequests {
  readonly #byId = new Map<string, Set<RunningRequest>>();

  /** Returns what ends it. */
  add(ids: readonly string[], request: RunningRequest): () => void {
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
}

/** POST /v1/models/{id}/requests/{request}/abort, in the words of Xinference's client; an unknown id is no error. */
export function abortRequest(requests: RunningRequests): Handler {
  return (ctx) => {
    const { request } = ctx["params"] as { request: string };
    const found = requests.get(request);
    const reason = new KernelError("ABORTED", `Request "${request}" was aborted.`);
    for (const running of found) running.abort(reason);
    ctx.body = { msg: found.length > 0 ? "DONE" : "NOT_FOUND" };
  };
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
