import { readFile } from "node:fs/promises";
import { KernelError, unlessAborted } from "@kindred/core";
import type Koa from "koa";
import { koaBody } from "koa-body";
import { merge, readForm } from "./form.ts";
import { parseJson } from "./parse-json.ts";
import { decodeUtf8 } from "./utf8.ts";

/** In bytes. */
export interface BodyLimits {
  /** Default 32 MiB: 2,048 texts of some 3,000 words each. */
  readonly json?: number;
  /** Of a form with its uploads. Default 64 MiB. */
  readonly form?: number;
}

export type ReadBody = (ctx: Koa.Context, signal: AbortSignal) => Promise<unknown>;

const jsonTypes = ["json", "+json"];

/** Reads JSON or a multipart form, or takes what the application's own body parser made of it. */
export function bodyReader({ json = 32 << 20, form = 64 << 20 }: BodyLimits = {}): ReadBody {
  const readText = koaBody({
    json: false,
    urlencoded: false,
    textTypes: jsonTypes,
    textLimit: json,
    // As bytes: what is not UTF-8 would be replaced in silence.
    encoding: "",
    onError: (error, ctx) => refuseText(error, ctx, json),
  });
  return async (ctx, signal) => {
    if (isParsed(ctx)) return takeParsed(ctx);
    if (ctx.is("multipart/form-data")) return unlessAborted(readForm(ctx, form), signal);
    if (!ctx.is(jsonTypes)) throw wrongType(ctx);
    if (!isInUtf8(ctx)) throw wrongCharset(ctx);
    const reading = readText(ctx, async () => {});
    // A hang-up inside a compressed body is noticed by nobody else.
    await unlessAborted(reading, signal);
    const text = await decodeUtf8(ctx.request.body as unknown as Buffer);
    if (text === undefined) throw new KernelError("INVALID_INPUT", "The body is not valid UTF-8.");
    const body = await parseJson(text.replace(/^\uFEFF/, ""));
    // The text would stay in memory while the request waits its turn.
    ctx.request.body = body as NonNullable<typeof ctx.request.body>;
    return body;
  };
}

/** Errors of the decompressors have no status. */
function refuseText(error: Error, ctx: Koa.Context, limit: number): never {
  // The rest of the body is read and let go of: it would be in the way of the connection's next request.
  ctx.req.unpipe().resume();
  const status = "status" in error ? error.status : undefined;
  const encoding = ctx.get("content-encoding");
  if (status === 413) ctx.throw(413, `The body is larger than ${limit} bytes.`);
  if (status === 415) {
    ctx.throw(415, `The content encoding is "${encoding}". Send gzip, deflate, br or none.`);
  }
  if (status === undefined && encoding !== "") {
    ctx.throw(400, `The body cannot be decoded as ${encoding}: ${error.message}.`);
  }
  throw error;
}

/** A parser that does not know forms may have left `{}`, and the form unread. */
function isParsed(ctx: Koa.Context): boolean {
  return ctx.request.body !== undefined && (ctx.req.readableDidRead || !ctx.is("multipart"));
}

/** A form's files lie where the application's parser put them, and stay there. */
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
