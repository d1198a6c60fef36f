import { unlessAborted } from "@kindred/core";
import type Koa from "koa";
import { bodyBound, tooLarge, tooManyBytes } from "./body-bound.ts";
import { bodyBytes } from "./body-bytes.ts";
import { BodyMemory } from "./body-memory.ts";
import type { HeldBody } from "./body-memory.ts";
import type { Exchange } from "../exchange.ts";
import { readForm } from "./form.ts";
import { formWeight } from "./form-parts.ts";
import { bodyEncodings } from "./inflater.ts";
import type { BodyEncoding } from "./inflater.ts";
import { checkJsonType } from "./json-type.ts";
import { parseJson } from "./parse-json.ts";
import { parsedBody } from "./parsed-body.ts";

/** Bounds of what is read. A body beyond its own is answered 413, one beyond those of all bodies OVERLOADED. */
export interface BodyLimits {
  /** The most bytes of JSON, once inflated. Default 32 MiB: 2,048 texts of some 3,000 words each. */
  readonly json?: number;
  /** The most bytes of a form with its uploads. Default 64 MiB. */
  readonly form?: number;
  /**
   * The most bytes of memory that all bodies and their values take together, until their requests end. JSON counts four times its
   * bytes while it is read and twice once it is parsed; a form counts twice. Bodies that count for more than 1 MiB may take three
   * quarters of it. What is decoded of uploads, such as a picture's pixels, counts as well. Default: a quarter of the limit of V8's heap, which is 256 MiB of `--max-old-space-size=1024`.
   */
  readonly all?: number;
  /** The most inflated bytes for each compressed one, beyond the first MiB. Default 100. */
  readonly ratio?: number;
  /** The content encodings that are inflated; others are answered 415. Default gzip, deflate and br. */
  readonly encodings?: readonly BodyEncoding[];
}

/** Reads a body. A `KernelError` or an http-error says why it cannot be read. */
export type ReadBody = (
  ctx: Koa.Context,
  exchange: Pick<Exchange, "signal" | "answered">,
) => Promise<BodyRead>;

export interface BodyRead {
  readonly value: unknown;
  /**
   * Counts so many bytes more, which were made of the value, until the reply has ended. OVERLOADED when there is no room for them
   * now, an http-error when there never is.
   */
  hold(bytes: number): void;
}

/** What each byte of JSON counts in memory: as it came, as a text of two-byte characters, and in its values. */
const jsonWeight = 4;
/** The same once it is parsed, when only the values are left. */
const parsedWeight = 2;

/**
 * Makes the reader of JSON and multipart forms, within the limits as they are when a body comes. A body that the application's own parser has read is taken from where it was left. A body
 * counts in `memory` until its reply has ended.
 */
export function bodyReader(
  limits: { readonly bodies: BodyLimits } = { bodies: {} },
  memory: BodyMemory = new BodyMemory(() => limits.bodies.all),
): ReadBody {
  const read = async (ctx: Koa.Context, body: HeldBody, signal: AbortSignal): Promise<unknown> => {
    const { json = 32 << 20, form = 64 << 20, ratio, encodings } = limits.bodies;
    const parsed = await parsedBody(ctx);
    if (parsed) {
      const maxBytes = Math.floor(memory.maxBodyBytes / parsedWeight);
      if (parsed.bytes > maxBytes) throw tooManyBytes("body", { maxBytes, setting: "limits.all" });
      body.grow(parsed.bytes * parsedWeight);
      return parsed.value;
    }
    if (ctx.is("multipart/form-data")) {
      const room = Math.floor(memory.maxBodyBytes / formWeight);
      return readForm(ctx, bodyBound("form", form, room), body);
    }
    checkJsonType(ctx);
    const room = Math.floor(memory.maxBodyBytes / jsonWeight);
    const bound = bodyBound("json", json, room);
    const jsonLimits = { bound, maxRatio: ratio ?? 100, encodings: encodings ?? bodyEncodings };
    const bytes = await bodyBytes(ctx, jsonLimits, { body, weight: jsonWeight, signal });
    const value = await parseJson(bytes);
    body.shrink(bytes.length * parsedWeight);
    Object.assign(ctx.request, { body: value });
    return value;
  };
  return (ctx, { signal, answered }) => {
    const held = memory.hold();
    const reading = read(ctx, held, signal);
    // A body whose client hung up is still being decoded for a moment.
    void Promise.allSettled([reading, answered]).then(() => held.release());
    const hold = (bytes: number): void => {
      if (bytes > memory.maxBodyBytes) {
        const message = `What the body brings takes ${bytes} bytes once it is decoded, and at most ${memory.maxBodyBytes} are taken (limits.all). Send less.`;
        throw tooLarge(message, "limits.all");
      }
      held.grow(bytes);
    };
    return unlessAborted(
      reading.then((value) => ({ value, hold })),
      signal,
    );
  };
}
