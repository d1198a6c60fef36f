import { isKernelError, KernelError } from "@kindred/core";
import type { Logger } from "@kindred/core";
import type Koa from "koa";
import { failure } from "./errors.ts";
import type { Failure } from "./errors.ts";
import { askerOf } from "./keys/asker.ts";
import type { Admission } from "./limits/admission.ts";
import { requestId } from "./request-id.ts";
import { setSafeHeaders } from "./safe-headers.ts";
import type { ResourcePolicy } from "./safe-headers.ts";
import type { ForClients } from "./server-paths.ts";
import { hungUp, sentStatus } from "./sent-status.ts";
import { traceId } from "./spans/trace-id.ts";

/** One request and its reply, as a handler sees it. */
export interface Exchange {
  /** The reply's `x-request-id`: the application's or the client's own, or one made here. */
  readonly id: string;
  /** Aborts when the client hangs up, or the server ends. */
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Resolves once the reply has been sent, or the client has hung up. */
  readonly answered: Promise<void>;
  /** The answer to an error, which is logged when it is the server's own. */
  failed(error: unknown): Failure;
  /** Said by its line in the log, beside the method, path, status and time. */
  readonly facts: Record<string, unknown>;
  /** The request within the limits of its caller and its server. Absent where none are counted. */
  readonly admission?: Admission;
}

export type Handler = (ctx: Koa.Context, exchange: Exchange) => void | Promise<void>;

export interface ExchangeOptions {
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
  /** Default "same-origin". */
  readonly resourcePolicy?: ResourcePolicy;
  /** Makes the messages of replies. Default: they are the errors' own. */
  readonly forClients?: ForClients;
}

/** Runs a handler and sees to its request id, processing time, errors as envelopes, hang-ups and one line of log. */
export function exchange(
  handler: Handler,
  { logger, signal, resourcePolicy, forClients }: ExchangeOptions,
): Koa.Middleware {
  return async (ctx) => {
    const started = performance.now();
    const controller = new AbortController();
    const abort = (reason: unknown): void => controller.abort(reason);
    let answer!: () => void;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const id = requestId(ctx);
    const facts: Record<string, unknown> = {};
    const trace = traceId();
    const failed = (error: unknown): Failure => {
      const told = failure(error, forClients);
      const isClosed = isKernelError(error) && error.code === "CLOSED";
      if (told.status >= 500 && !isClosed) logger.error({ error, id }, "a request failed");
      return told;
    };
    ctx.set("x-request-id", id);
    setSafeHeaders(ctx, resourcePolicy);
    const end = (): void => abort(signal?.reason);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
    ctx.res.once("close", () => {
      answer();
      signal?.removeEventListener("abort", end);
      const { method, path, res } = ctx;
      if (!res.writableFinished) abort(new KernelError("ABORTED", "The client hung up."));
      const status = sentStatus(ctx);
      const milliseconds = Math.round(performance.now() - started);
      const { caller } = askerOf(ctx);
      const asked = {
        method,
        path,
        status,
        milliseconds,
        id,
        ...(caller && { caller }),
        ...(trace && { trace }),
      };
      logger.info({ ...asked, ...facts }, "request");
    });
    try {
      await handler(ctx, { id, signal: controller.signal, abort, answered, failed, facts });
    } catch (error) {
      refuse(ctx, failed(error));
    }
    ctx.set("openai-processing-ms", String(Math.round(performance.now() - started)));
  };
}

function refuse(ctx: Koa.Context, { status, headers, body }: Failure): void {
  ctx.status = status;
  if (status === hungUp) ctx.message = "Client Closed Request";
  ctx.set(headers);
  ctx.body = body;
}
