import { randomUUID } from "node:crypto";
import { KernelError } from "@kindred/core";
import type { Logger } from "@kindred/core";
import type Koa from "koa";
import { failure } from "./errors.ts";
import type { Failure } from "./errors.ts";

/** One request and its reply, as a handler sees it. */
export interface Exchange {
  /** The client's `x-request-id`, or one made here. */
  readonly id: string;
  /** Aborts when the client hangs up, or the server ends. */
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** What a task's fields are called on the wire, from when errors are about a task's. */
  fields?: Readonly<Record<string, string>> | undefined;
  /** What an error answers; one that is the server's own is logged. */
  failed(error: unknown): Failure;
  /** What its line in the log will say beside the method, path, status and time. */
  readonly facts: Record<string, unknown>;
}

export type Handler = (ctx: Koa.Context, exchange: Exchange) => void | Promise<void>;

/** The status that nginx gave a client that is gone; Node has no phrase for it. */
const hungUp = 499;

export interface ExchangeOptions {
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a handler: request id, processing time, errors as envelopes, hang-ups, one line of log. */
export function exchange(handler: Handler, options: ExchangeOptions): Koa.Middleware {
  return async (ctx) => {
    const started = performance.now();
    const controller = new AbortController();
    const abort = (reason: unknown): void => controller.abort(reason);
    const id = requestId(ctx.get("x-request-id"));
    const facts: Record<string, unknown> = {};
    ctx.set("x-request-id", id);
    watch(ctx, abort, options.signal, () =>
      options.logger.info({ ...line(ctx, started), id, ...facts }, "request"),
    );
    const current: Exchange = {
      id,
      signal: controller.signal,
      abort,
      failed(error) {
        const answer = failure(error, current.fields);
        if (answer.status >= 500) options.logger.error({ error, id }, "a request failed");
        return answer;
      },
      facts,
    };
    try {
      await handler(ctx, current);
    } catch (error) {
      refuse(ctx, current.failed(error));
    }
    ctx.set("openai-processing-ms", String(Math.round(performance.now() - started)));
  };
}

function watch(
  ctx: Koa.Context,
  abort: (reason: unknown) => void,
  ending: AbortSignal | undefined,
  closed: () => void,
): void {
  const end = (): void => abort(ending?.reason);
  ending?.addEventListener("abort", end);
  if (ending?.aborted) end();
  ctx.res.once("close", () => {
    ending?.removeEventListener("abort", end);
    if (!ctx.res.writableFinished) abort(new KernelError("ABORTED", "The client hung up."));
    closed();
  });
}

function refuse(ctx: Koa.Context, { status, headers, body }: Failure): void {
  ctx.status = status;
  if (status === hungUp) ctx.message = "Client Closed Request";
  ctx.set(headers);
  ctx.body = body;
}

function line(ctx: Koa.Context, started: number): object {
  const { method, path, res } = ctx;
  const status = res.writableFinished ? ctx.status : hungUp;
  const milliseconds = Math.round(performance.now() - started);
  return { method, path, status, milliseconds };
}

function requestId(given: string): string {
  return /^[\w.:/-]{1,128}$/.test(given) ? given : `req_${randomUUID()}`;
}
