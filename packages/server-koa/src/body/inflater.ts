import { createBrotliDecompress, createUnzip } from "node:zlib";
import type { BrotliDecompress, Unzip } from "node:zlib";
import { reached } from "@kindred/core";
import type Koa from "koa";

/** A content encoding that bodies of JSON may have. */
export type BodyEncoding = "gzip" | "deflate" | "br";

export const bodyEncodings: readonly BodyEncoding[] = ["gzip", "deflate", "br"];

/** Bytes inflated at once. Zlib's default of 16 KiB takes four times as many turns of a thread. */
const chunkSize = 65_536;

/** Inflates the request's body; undefined when it is not compressed. An http-error for an encoding that is not among `allowed`. */
export function inflaterFor(
  ctx: Koa.Context,
  allowed: readonly BodyEncoding[],
): Unzip | BrotliDecompress | undefined {
  const encoding = encodingOf(ctx);
  if (encoding === "identity") return undefined;
  if (!allowed.some((each) => each === encoding)) refuseEncoding(ctx, allowed);
  return encoding === "br" ? createBrotliDecompress({ chunkSize }) : createUnzip({ chunkSize });
}

export function encodingOf(ctx: Koa.Context): string {
  return ctx.get("content-encoding").trim().toLowerCase() || "identity";
}

/** 415 that names the encodings that are allowed. */
export function refuseEncoding(ctx: Koa.Context, allowed: readonly BodyEncoding[]): never {
  reached("limits.encodings");
  const advice =
    allowed.length > 0 ? `Send ${allowed.join(", ")} or none` : "Send the body uncompressed";
  return ctx.throw(415, `The content encoding is "${ctx.get("content-encoding")}". ${advice}.`);
}
