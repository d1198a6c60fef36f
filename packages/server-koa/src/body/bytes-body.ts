import type Koa from "koa";
import { merge } from "./form.ts";
import { checkJsonType } from "./json-type.ts";
import { parseJson } from "./parse-json.ts";

/** The value of a body that the application has read as bytes or as a text, by the request's content type. */
export async function bytesBody(ctx: Koa.Context, body: string | Uint8Array): Promise<unknown> {
  if (ctx.is("multipart/form-data")) return formOf(ctx, body);
  checkJsonType(ctx);
  return parseJson(Buffer.from(body));
}

async function formOf(ctx: Koa.Context, body: string | Uint8Array): Promise<unknown> {
  if (typeof body === "string") {
    return ctx.throw(
      500,
      "The form was read as a text before these routes, which loses its files. Read it as bytes, or mount them before what reads it.",
      { expose: true },
    );
  }
  const headers = { "content-type": ctx.get("content-type") };
  try {
    return merge([...(await new Response(Uint8Array.from(body), { headers }).formData())]);
  } catch (cause) {
    return ctx.throw(400, `The form cannot be read: ${(cause as Error).message}.`, { cause });
  }
}
