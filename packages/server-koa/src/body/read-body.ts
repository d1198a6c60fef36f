import { unlessAborted } from "@kindred/core";
import type Koa from "koa";
import { koaBody } from "koa-body";
import { readForm } from "./form.ts";
import { checkJsonType, jsonTypes } from "./json-type.ts";
import { parseJson } from "./parse-json.ts";
import { parsedBody } from "./parsed-body.ts";

/** The most bytes that a body may have. A larger one is answered 413. */
export interface BodyLimits {
  /** JSON, once decompressed. Default 32 MiB: 2,048 texts of some 3,000 words each. */
  readonly json?: number;
  /** A form with its uploads. Default 64 MiB. */
  readonly form?: number;
}

/** The body's value. A `KernelError` or an http-error says why it cannot be read. */
export type ReadBody = (ctx: Koa.Context, signal: AbortSignal) => Promise<unknown>;

/** Makes the reader of JSON and multipart forms. A body that the application's own parser has read is taken from where it was left. */
export function bodyReader({ json = 32 << 20, form = 64 << 20 }: BodyLimits = {}): ReadBody {
  const readBytes = koaBody({
    json: false,
    urlencoded: false,
    textTypes: jsonTypes,
    textLimit: json,
    // No encoding gives bytes: decoding would replace silently what is not UTF-8.
    encoding: "",
    onError: (error, ctx) => refuse(error, ctx, json),
  });
  return async (ctx, signal) => {
    const parsed = await parsedBody(ctx);
    if (parsed) return parsed.value;
    if (ctx.is("multipart/form-data")) return unlessAborted(readForm(ctx, form), signal);
    checkJsonType(ctx);
    // Nobody else notices that a client hangs up in the middle of a compressed body.
    await unlessAborted(readBytes(ctx, next), signal);
    const body = await parseJson(ctx.request.body as unknown as Buffer);
    // The bytes would stay in memory while the request waits for its turn.
    ctx.request.body = body as NonNullable<typeof ctx.request.body>;
    return body;
  };
}

async function next(): Promise<void> {}

/** Answers what cannot be read. Errors of the decompressors have no status. */
function refuse(error: Error, ctx: Koa.Context, maxBytes: number): never {
  // The rest of the body is read and dropped: it would stand before the connection's next request.
  ctx.req.unpipe().resume();
  const status = "status" in error ? error.status : undefined;
  const encoding = ctx.get("content-encoding");
  if (status === 413) ctx.throw(413, `The body is larger than ${maxBytes} bytes.`);
  if (status === 415) {
    ctx.throw(415, `The content encoding is "${encoding}". Send gzip, deflate, br or none.`);
  }
  if (status === undefined && encoding !== "") {
    ctx.throw(400, `The body cannot be decoded as ${encoding}: ${error.message}.`);
  }
  throw error;
}
