import type Koa from "koa";
import type { Exchange } from "../exchange.ts";
import type { ReadBody } from "./read-body.ts";

/** The value of a body that may be left out: undefined when it is. */
export async function optionalBody(
  ctx: Koa.Context,
  exchange: Exchange,
  readBody: ReadBody,
): Promise<unknown> {
  const isAbsent = ctx.request.length === 0 || ctx.is("json") === null;
  return isAbsent ? undefined : (await readBody(ctx, exchange)).value;
}
