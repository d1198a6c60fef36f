import type Koa from "koa";
import { merge } from "./form.ts";
import { bytesBody } from "./bytes-body.ts";
import { uploads } from "./uploads.ts";

/** The places where another parser leaves a body: Koa's own on `ctx.request`, those of Express and its kin on `ctx.req`. */
interface Parsed {
  readonly body?: unknown;
  readonly rawBody?: unknown;
}

export interface ParsedBody {
  readonly value: unknown;
  /**
   * What it took on the way, as far as that is known: the bytes of a text and of files, and the stated length otherwise. An object
   * from a compressed or chunked body counts for no more than was stated.
   */
  readonly bytes: number;
}

/**
 * The body that the application's own parser has read; undefined when nobody has read it. An http-error says so when it
 * was read and left nowhere.
 */
export async function parsedBody(ctx: Koa.Context): Promise<ParsedBody | undefined> {
  const found = await valueOf(ctx);
  if (found === undefined) return undefined;
  return { value: found.value, bytes: Math.max(found.bytes ?? 0, ctx.request.length ?? 0) };
}

type Found = Pick<ParsedBody, "value"> & Partial<ParsedBody>;

async function valueOf(ctx: Koa.Context): Promise<Found | undefined> {
  // Asked at once: whoever only listens has not read anything yet.
  const wasRead = ctx.req.readableDidRead || ctx.req.readableEnded;
  const found: readonly Parsed[] = [ctx.request as Parsed, ctx.req as Parsed];
  const body = found.map((each) => each.body).find((each) => each !== undefined);
  const raw = found.map(({ rawBody }) => rawBody).find(isBytes);
  const files = await uploads(ctx);
  if (isBytes(body)) return { value: await bytesBody(ctx, body), bytes: body.length };
  if (files.length > 0) {
    const bytes = files.reduce((sum, [, { size }]) => sum + size, 0);
    return { value: merge([...fieldsOf(body), ...files]), bytes };
  }
  const left = body !== undefined && !isEmpty(body);
  if (left || !hasBody(ctx)) return body === undefined ? undefined : { value: body };
  if (!wasRead) return undefined;
  if (raw !== undefined) return { value: await bytesBody(ctx, raw), bytes: raw.length };
  // A parser that leaves nothing of a form has lost all.
  if (body !== undefined && !ctx.is("multipart")) return { value: body };
  return ctx.throw(500, lost, { expose: true });
}

const lost =
  "The body was read before these routes, and was left neither in ctx.request.body nor in req.body. Mount them before what reads it.";

function isBytes(value: unknown): value is string | Uint8Array {
  return typeof value === "string" || value instanceof Uint8Array;
}

/** Whether a parser left what it leaves of bodies that it does not read. */
function isEmpty(body: unknown): boolean {
  return typeof body === "object" && body !== null && Object.keys(body).length === 0;
}

function fieldsOf(body: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(Object(body));
}

function hasBody({ req: { headers } }: Koa.Context): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
