import cors from "@koa/cors";
import type Koa from "koa";
import { limitHeaderNames } from "../limits/limit-headers.ts";
import { allows } from "./origin-rule.ts";

/** Headers of replies that scripts of other origins may read. */
const exposed = [
  "x-request-id",
  "openai-processing-ms",
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
  "accept-ranges",
  "content-range",
  ...limitHeaderNames,
];

/** Seconds that a browser keeps a permission. */
const maxAge = 600;

/** Permits scripts of these origins to use a route of these methods, and to read its replies. Empty when there are none. */
export function crossOrigin(
  origins: readonly string[],
  methods: readonly string[],
): readonly Koa.Middleware[] {
  if (origins.length === 0) return [];
  const permit = cors({
    origin(ctx) {
      const origin = ctx.get("origin");
      if (origin === "" || !allows(origins, origin)) return "";
      return origins.includes("*") ? "*" : origin;
    },
    allowMethods: [...methods],
    exposeHeaders: exposed,
    maxAge,
    keepHeadersOnError: false,
  });
  return [permit];
}
