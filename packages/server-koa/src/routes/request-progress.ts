import type { Handler } from "../exchange.ts";
import { askerOf } from "../keys/asker.ts";
import type { RunningRequests } from "../running-requests.ts";

/** GET /v1/requests/{request}/progress: how far a request has come, from 0 to 1, and its state. */
export function requestProgress(requests: RunningRequests): Handler {
  return (ctx) => {
    const { request } = ctx["params"] as { request: string };
    const found = requests.find(request, askerOf(ctx));
    if (!found) return ctx.throw(404, `No request "${request}" is running.`);
    ctx.body = { progress: found.progress, ...found.state };
  };
}
