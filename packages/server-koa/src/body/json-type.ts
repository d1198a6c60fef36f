import type Koa from "koa";

/** The content types of JSON, as koa's `ctx.is` takes them. */
export const jsonTypes: string[] = ["json", "+json"];

/** An http-error for a content type that is not JSON, or in a charset other than UTF-8. */
export function checkJsonType(ctx: Koa.Context): void {
  if (!ctx.is(jsonTypes)) throw wrongType(ctx);
  const { charset } = ctx.request;
  if (charset === "" || /^utf-?8$/i.test(charset)) return;
  ctx.throw(415, `The charset is "${charset}". Send UTF-8.`);
}

function wrongType(ctx: Koa.Context): unknown {
  const type = ctx.get("content-type");
  const found = type === "" ? "there is no content type" : `the content type is "${type}"`;
  return ctx.throw(415, `Send application/json or multipart/form-data; ${found}.`);
}
