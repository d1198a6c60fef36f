import type { Handler } from "../exchange.ts";

/** GET /v1/cluster/auth: Xinference's client asks it first. There are no accounts here. */
export const clusterAuth: Handler = (ctx) => {
  ctx.body = { auth: false };
};
