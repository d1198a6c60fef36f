import { isJsonObject, KernelError, shorten } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { optionalBody } from "../body/optional-body.ts";
import type { ReadBody } from "../body/read-body.ts";
import type { Handler } from "../exchange.ts";
import { askerOf } from "../keys/asker.ts";
import type { RunningRequests } from "../running-requests.ts";
import { launchedModel } from "./launched-model.ts";

export interface AbortOptions {
  readonly kernel: Kernel;
  readonly requests: RunningRequests;
  readonly readBody: ReadBody;
}

/**
 * POST /v1/models/{id}/requests/{request}/abort, as Xinference's client calls it. `block_duration` refuses the request's id
 * for so many seconds. A request that is not running is no error, and neither is another caller's,
 * which goes on.
 */
export function abortRequest({ kernel, requests, readBody }: AbortOptions): Handler {
  return async (ctx, exchange) => {
    const { request } = ctx["params"] as { request: string };
    const model = launchedModel(ctx, kernel).id;
    const body = await optionalBody(ctx, exchange, readBody);
    const seconds = body === undefined ? undefined : blockDuration(body);
    const asker = askerOf(ctx);
    if (seconds !== undefined) requests.refuse(model, request, 1000 * seconds, asker);
    const found = requests.abort(model, request, asker);
    ctx.body = { msg: found > 0 ? "DONE" : "NOT_FOUND" };
  };
}

/** Seconds; 0 lets the id be used again at once. Undefined leaves it to what an earlier abort said. */
function blockDuration(body: unknown): number | undefined {
  const { block_duration: seconds, ...unknown } = checkedObject(body);
  const [param] = Object.keys(unknown);
  if (param !== undefined) {
    const message = `${shorten(param, 40)} is unknown here. Send block_duration or nothing.`;
    throw new KernelError("INVALID_INPUT", message, { param });
  }
  if (seconds === undefined || seconds === null) return undefined;
  if (Number.isFinite(seconds) && (seconds as number) >= 0) return seconds as number;
  throw new KernelError("INVALID_INPUT", "block_duration must be a number of seconds, 0 or more.", {
    param: "block_duration",
  });
}

function checkedObject(body: unknown): Readonly<Record<string, unknown>> {
  if (isJsonObject(body)) return body;
  throw new KernelError("INVALID_INPUT", "The body must be a JSON object or empty.");
}
