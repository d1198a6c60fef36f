import type Koa from "koa";

/** Which pages may show a reply as a picture or load it as a script. Scripts that may read it are another matter. */
export type ResourcePolicy = "same-origin" | "same-site" | "cross-origin";

/** Keeps browsers from taking a reply for what it is not, and from lending it to pages of others. */
export function setSafeHeaders(ctx: Koa.Context, policy: ResourcePolicy = "same-origin"): void {
  ctx.set({ "x-content-type-options": "nosniff", "cross-origin-resource-policy": policy });
}
