import { readFile } from "node:fs/promises";
import { unlessAborted } from "@kindred/core";
import type Koa from "koa";
import { koaBody } from "koa-body";
import { merge, readForm } from "./form.ts";
import { parseJson } from "./parse-json.ts";

/** The most bytes that a body may have. A larger one is answered 413. */
export interface BodyLimits {
  /** JSON, once decompressed. Default 32 MiB: 2,048 texts of some 3,000 words each. */
  readonly json?: number;
  /** A form with its uploads. Default 64 MiB. */
  readonly form?: number;
}

/** The body's value. A `KernelError` or an http-error says why it cannot be read. */
export type ReadBody = (ctx: Koa.Context, signal: AbortSignal) => Promise<unknown>;

const jsonTypes = ["json", "+json"];

/** Makes the reader of JSON and multipart forms. A body that the application's own parser has read is taken as it is. */
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
    if (isParsed(ctx)) return takeParsed(ctx);
    if (ctx.is("multipart/form-data")) return unlessAborted(readForm(ctx, form), signal);
    if (!ctx.is(jsonTypes)) throw wrongType(ctx);
    if (!isInUtf8(ctx)) throw wrongCharset(ctx);
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

/** Whether the application's parser has read the body. One that does not know forms may have left `{}` and the form unread. */
function isParsed(ctx: Koa.Context): boolean {
  return ctx.request.body !== undefined && (ctx.req.readableDidRead || !ctx.is("multipart"));
}

/** Takes over the body of the application's parser. A form's files are read, and stay where that parser put them. */
async function takeParsed({ request }: Koa.Context): Promise<unknown> {
  if (!request.files || Array.isArray(request.files)) return request.body;
  const files = await Promise.all(
    Object.entries(request.files)
      .flatMap(([name, uploads]) => [uploads].flat().map((upload) => ({ name, upload })))
      .map(async ({ name, upload }) => {
        const type = upload.mimetype ?? "";
        const bytes = await readFile(upload.filepath);
        return [name, new File([bytes], upload.originalFilename ?? name, { type })] as const;
      }),
  );
  return merge([...Object.entries(request.body as object), ...files]);
}

function isInUtf8({ request: { charset } }: Koa.Context): boolean {
  return charset === "" || /^utf-?8$/i.test(charset);
}

function wrongCharset(ctx: Koa.Context): unknown {
  return ctx.throw(415, `The charset is "${ctx.request.charset}". Send UTF-8.`);
}

function wrongType(ctx: Koa.Context): unknown {
  const type = ctx.get("content-type");
  const found = type === "" ? "there is no content type" : `the content type is "${type}"`;
  return ctx.throw(415, `Send application/json or multipart/form-data; ${found}.`);
}
