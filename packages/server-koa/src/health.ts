import type { Kernel, ModelInfo } from "@kindred/core";
import type Koa from "koa";

/** The launched models that can be asked once a server is ready: all of them, or at least one. */
export type ReadyPolicy = "all" | "any";

const policies: readonly unknown[] = ["all", "any"];

export interface HealthOptions {
  /** Default "all". */
  readonly policy?: ReadyPolicy | undefined;
  /** Once it aborts, the server is not ready any more. Default: it never does. */
  readonly closing?: AbortSignal | undefined;
}

/**
 * GET /health answers 200 while the process does. GET /ready answers 503 while models that the policy asks for cannot be
 * asked, which are loading or failed, and once the server closes. Both name no reasons: those may hold paths. A kernel without models is ready by "all", as
 * nothing that was launched is missing, and not by "any". Models that were launched while the server ran are not waited for. TypeError
 * for another policy.
 */
export function health(
  kernel: Kernel,
  { policy = "all", closing }: HealthOptions = {},
): Koa.Middleware {
  if (!policies.includes(policy)) {
    throw new TypeError(`ready must be "all" or "any", not ${JSON.stringify(policy)}.`);
  }
  return (ctx, next) => {
    if (ctx.method !== "GET" && ctx.method !== "HEAD") return next();
    if (ctx.path === "/health" || ctx.path === "/ready") ctx.state["route"] = ctx.path;
    if (ctx.path === "/health") {
      ctx.body = { status: "ok" };
    } else if (ctx.path === "/ready") {
      const models = kernel.models().map(({ id, state }) => ({ id, state }));
      const isReady = ({ state }: Pick<ModelInfo, "state">): boolean => state === "ready";
      const needed = kernel.models().filter(({ optional }) => !optional);
      const enough = policy === "all" ? needed.every(isReady) : models.some(isReady);
      const isClosing = closing?.aborted ?? false;
      const ready = enough && !isClosing;
      ctx.status = ready ? 200 : 503;
      ctx.set("cache-control", "no-store");
      ctx.body = { ready, ...(isClosing && { closing: true }), models };
    } else {
      return next();
    }
  };
}
