import type { Handler } from "../exchange.ts";
import { askerOf } from "../keys/asker.ts";
import type { Limits } from "./limits.ts";

/** Has a handler's requests taken within the limits, whose headers every reply has. */
export function limited(handler: Handler, limits: Limits): Handler {
  return async (ctx, exchange) => {
    const admission = limits.of(askerOf(ctx).caller);
    try {
      admission.take();
      await handler(ctx, { ...exchange, admission });
    } finally {
      if (!ctx.headerSent) ctx.set(admission.headers);
    }
  };
}
