import { addAbortSignal } from "node:stream";
import { abortError, isKernelError, KernelError, throwIfAborted } from "@kindred/core";
import type Koa from "koa";
import { tooLarge, tooManyBytes } from "./body-bound.ts";
import type { BodyBound } from "./body-bound.ts";
import type { HeldBody } from "./body-memory.ts";
import { encodingOf, inflaterFor } from "./inflater.ts";
import type { BodyEncoding } from "./inflater.ts";

export interface ByteLimits {
  readonly bound: BodyBound;
  /** Inflated bytes for each compressed one. */
  readonly maxRatio: number;
  readonly encodings: readonly BodyEncoding[];
}

/** Inflated bytes up to which any ratio is allowed. */
const maxUnrated = 1 << 20;

/**
 * The bytes of a body, inflated. `weight` is what each counts in `held`. Reading and inflating stop at the first byte too many: an http-error,
 * or OVERLOADED. The rest is then read and dropped, as it would stand before the connection's next request.
 */
export async function bodyBytes(
  ctx: Koa.Context,
  limits: ByteLimits,
  held: { readonly body: HeldBody; readonly weight: number; readonly signal: AbortSignal },
): Promise<Buffer> {
  try {
    return await read(ctx, limits, held);
  } catch (error) {
    ctx.req.unpipe().resume();
    throw error;
  }
}

async function read(
  ctx: Koa.Context,
  { bound, maxRatio, encodings }: ByteLimits,
  { body, weight, signal }: Parameters<typeof bodyBytes>[2],
): Promise<Buffer> {
  const stated = ctx.request.length ?? 0;
  if (stated > bound.maxBytes) throw tooManyBytes("body", bound);
  body.check(stated * weight);
  const inflater = inflaterFor(ctx, encodings);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let came = 0;
  // Nobody else notices that a client hangs up in the middle of a compressed body.
  const source = inflater ? addAbortSignal(signal, ctx.req.pipe(inflater)) : ctx.req;
  if (inflater) ctx.req.on("data", (chunk: Buffer) => (came += chunk.length));
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: inflater !== undefined })) {
      throwIfAborted(signal);
      bytes += chunk.length;
      if (bytes > bound.maxBytes) throw tooManyBytes("body", bound);
      if (inflater && bytes > maxUnrated && bytes > maxRatio * inflater.bytesWritten) {
        throw inflated(maxRatio);
      }
      body.grow(chunk.length * weight);
      chunks.push(chunk);
    }
    // Zlib takes nothing after the end of its data, and does not say so.
    if (inflater && came > inflater.bytesWritten) throw followed(ctx);
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    if (isKernelError(error) || (error as { status?: number }).status !== undefined) throw error;
    throw inflater ? undecodable(ctx, error as Error) : hungUp(error);
  } finally {
    inflater?.destroy();
  }
  return Buffer.concat(chunks, bytes);
}

function inflated(maxRatio: number): Error {
  const message = `The body inflates to more than ${maxRatio} times its bytes (limits.ratio). Send it uncompressed.`;
  return tooLarge(message, "limits.ratio");
}

function followed(ctx: Koa.Context): never {
  const encoding = encodingOf(ctx);
  return ctx.throw(
    400,
    `The body has bytes after the end of its ${encoding} data. Send that alone.`,
  );
}

function undecodable(ctx: Koa.Context, { message }: Error): never {
  return ctx.throw(
    400,
    `The body cannot be decoded as ${ctx.get("content-encoding")}: ${message}.`,
  );
}

/** A request that is not inflated fails only when its connection does. */
function hungUp(cause: unknown): KernelError {
  return new KernelError("ABORTED", "The client hung up.", { cause });
}
