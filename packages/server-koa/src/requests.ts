import { KernelError } from "@kindred/core";
import type { Call } from "@kindred/core";
import type { ReadBody } from "./body.ts";
import type { Handler } from "./exchange.ts";

type State = Parameters<NonNullable<Call["onState"]>>[0];

/** A request in the kernel's hands. */
export interface RunningRequest {
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
  /** Ids aborted before their request came, with when that is forgotten. */
  readonly #refused = new Map<string, number>();

  /** Returns what ends it. ABORTED when an abort that came before it still holds. */
  add(ids: readonly string[], request: RunningRequest): () => void {
    const refused = ids.find((id) => (this.#refused.get(id) ?? 0) > Date.now());
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

  /** Aborts what runs under this id, and for some milliseconds what comes under it. Returns how many ran. */
  abort(id: string, milliseconds: number): number {
    this.#refused.delete(id);
    if (milliseconds > 0) this.#refused.set(id, Date.now() + milliseconds);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > mostRefused) this.#refused.delete(oldest!);
    const running = this.get(id);
    for (const { abort } of running) abort(aborted(id));
    return running.length;
  }
}

function aborted(id: string): KernelError {
  return new KernelError("ABORTED", `Request "${id}" was aborted.`);
}

/** POST /v1/models/{id}/requests/{request}/abort, as Xinference's client calls it: `block_duration` is in seconds, and an unknown id no error. */
export function abortRequest(requests: RunningRequests, readBody: ReadBody): Handler {
  return async (ctx, { signal }) => {
    const { request } = ctx["params"] as { request: string };
    const empty = ctx.request.length === 0 || ctx.is("json") === null;
    const body = empty ? {} : await readBody(ctx, signal);
    const found = requests.abort(request, 1000 * blockDuration(body));
    ctx.body = { msg: found > 0 ? "DONE" : "NOT_FOUND" };
  };
}

/** Absent means none: the id may be used again at once. */
function blockDuration(body: unknown): number {
  const seconds = (body as { block_duration?: unknown } | null)?.block_duration ?? 0;
  if (typeof seconds === "number" && seconds >= 0) return seconds;
  throw new KernelError("INVALID_INPUT", "block_duration must be a number of seconds, 0 or more.", {
    param: "block_duration",
  });
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
