import { createReadStream } from "node:fs";
import { KernelError } from "@kindred/core";
import type Koa from "koa";
import parseRange from "range-parser";
import type { Handler } from "./exchange.ts";
import type { FileStore } from "./file-store.ts";
import type { KeepFile } from "./reply.ts";

export interface FilesOptions {
  readonly store: FileStore;
  /** Where clients reach the routes, when it is not where the request came in: "https://example.org/ai". */
  readonly publicUrl?: string;
}

/** Keeps a reply's files, under URLs for the client that asked. */
export function fileKeeper(files: FilesOptions | undefined, prefix: string): KeepFile {
  return async (ctx, bytes, type) => {
    if (!files) {
      throw new KernelError("UNSUPPORTED", "This server keeps no files. Ask for b64_json.", {
        param: "response_format",
      });
    }
    const base = files.publicUrl?.replace(/\/$/, "") ?? mountedAt(ctx) + prefix;
    return `${base}/v1/files/${await files.store.keep(bytes, type)}`;
  };
}

/** GET /v1/files/{name}, whole or a range of it. */
export function getFile(store: FileStore | undefined): Handler {
  return (ctx) => {
    const { name } = ctx["params"] as { name: string };
    const file = store?.get(name);
    if (!file) return ctx.throw(404, "There is no such file, or it has expired.");
    const { path, size, type, expires } = file;
    ctx.type = type;
    ctx.set("accept-ranges", "bytes");
    ctx.set("x-content-type-options", "nosniff");
    ctx.set("cache-control", `private, max-age=${Math.floor((expires - Date.now()) / 1000)}`);
    const range = wanted(ctx, size);
    ctx.status = range ? 206 : 200;
    if (range) {
      ctx.set("content-range", `bytes ${range.start}-${range.end}/${size}`);
    }
    if (ctx.method !== "HEAD") ctx.body = createReadStream(path, range);
    ctx.length = range ? range.end - range.start + 1 : size;
  };
}

/** One range; several are answered with the whole file, as the protocol allows. */
function wanted(ctx: Koa.Context, size: number): { start: number; end: number } | undefined {
  const header = ctx.get("range");
  if (header === "") return undefined;
  const ranges = parseRange(size, header, { combine: true });
  if (ranges === -1) {
    const headers = { "content-range": `bytes */${size}` };
    return ctx.throw(416, `The file has ${size} bytes.`, { headers });
  }
  return ranges === -2 || ranges.length !== 1 ? undefined : ranges[0];
}

/** The origin as this client sees it, with what the application stripped from the path. */
function mountedAt(ctx: Koa.Context): string {
  const [path = ""] = ctx.originalUrl.split("?");
  const stripped = path.endsWith(ctx.path) ? path.slice(0, -ctx.path.length) : "";
  return `${ctx.protocol}://${ctx.host}${stripped}`;
}
