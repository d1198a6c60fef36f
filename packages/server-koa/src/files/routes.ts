import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { KernelError } from "@kindred/core";
import type Koa from "koa";
import parseRange from "range-parser";
import type { Handler } from "../exchange.ts";
import { setSafeHeaders } from "../safe-headers.ts";
import { mountedAt } from "../mounted-at.ts";
import type { FileStore } from "./file-store.ts";
import { checkedUrl } from "./public-url.ts";
import type { KeepFile } from "../answer/reply.ts";

export interface FilesOptions {
  readonly store: FileStore;
  /**
   * The URL under which clients reach the routes: "https://example.org/ai". Default: the one that a request came to, with what
   * the application stripped of its path; behind trusted proxies with their `X-Forwarded-Proto`, `-Host` and `-Prefix`.
   */
  readonly publicUrl?: string;
}

/**
 * Makes the keeper of replies' files. It returns URLs for the client that asked; UNSUPPORTED without a store. TypeError for a
 * public URL that is not http or https, or has a query.
 */
export function fileKeeper(files: FilesOptions | undefined, prefix: string): KeepFile {
  const urlFor = routesUrl(files, prefix);
  return async (ctx, bytes, type) => {
    if (!files) throw noFiles("response_format");
    const base = urlFor(ctx);
    return `${base}/v1/files/${await files.store.keep(bytes, type)}`;
  };
}

/** The URL that a client reaches the routes under. TypeError as `fileKeeper` has it. */
export function routesUrl(
  files: FilesOptions | undefined,
  prefix: string,
): (ctx: Koa.Context) => string {
  const publicUrl = files?.publicUrl === undefined ? undefined : checkedUrl(files.publicUrl);
  return (ctx) => publicUrl ?? mountedAt(ctx) + prefix;
}

/** UNSUPPORTED for a reply that would keep files, by the body's field that asks for it. */
export function noFiles(param: string): KernelError {
  return new KernelError("UNSUPPORTED", "This server keeps no files. Ask for b64_json.", { param });
}

/** GET /v1/files/{name}: a whole file, or a range of its bytes. */
export function getFile(store: FileStore | undefined): Handler {
  return async (ctx) => {
    const { name } = ctx["params"] as { name: string };
    const file = store?.get(name);
    const range = file && wanted(ctx, file.size);
    const handle = file && (await opened(file.path));
    if (!handle) return ctx.throw(404, "There is no such file, or it has expired.");
    const { size, type, expires } = file;
    const { start, end } = range ?? { start: 0, end: Math.max(0, size - 1) };
    ctx.status = range ? 206 : 200;
    ctx.type = type;
    ctx.set("accept-ranges", "bytes");
    // Other pages may show a picture by its URL, which cannot be guessed, as far as they are of this site.
    if (ctx.response.get("cross-origin-resource-policy") === "same-origin") {
      setSafeHeaders(ctx, "same-site");
    }
    ctx.set("cache-control", `private, max-age=${Math.floor((expires - Date.now()) / 1000)}`);
    if (range) ctx.set("content-range", `bytes ${start}-${end}/${size}`);
    if (ctx.method === "HEAD") await handle.close();
    else ctx.body = handle.createReadStream({ start, end });
    ctx.length = range ? end - start + 1 : size;
  };
}

/** Opens a file; undefined when another hand removed it or put a link in its place. Windows has no flag to refuse links. */
function opened(path: string): Promise<FileHandle | undefined> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);
  return open(path, flags).catch(() => undefined);
}

/** The range of bytes that is asked for. Other units and several ranges get the whole file, as RFC 9110 §14.2 allows. */
function wanted(ctx: Koa.Context, size: number): { start: number; end: number } | undefined {
  const header = ctx.get("range");
  // Files have no validator, so no If-Range matches.
  if (!/^bytes=/i.test(header) || ctx.get("if-range") !== "") return undefined;
  const ranges = parseRange(size, header, { combine: true });
  if (ranges === -1) {
    const headers = { "content-range": `bytes */${size}` };
    return ctx.throw(416, `The file has ${size} bytes.`, { headers });
  }
  return ranges === -2 || ranges.length !== 1 ? undefined : ranges[0];
}
