import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import type Koa from "koa";
import { originalPath } from "./mounted-at.ts";

/** A page for people at `/`, another at `/docs` that shows the API, and their files under `/playground/`. They use the routes beside them as any other client does. */
export function playground(prefix = ""): Koa.Middleware {
  const assets = readAssets(prefix);
  return (ctx, next) => {
    const asset = assets.get(ctx.path);
    if (!asset || (ctx.method !== "GET" && ctx.method !== "HEAD")) return next();
    // The page's URLs are relative: from `/ai` instead of `/ai/` they would lead elsewhere.
    const unslashed = asset.isFolder && originalPath(ctx).split("/").at(-1);
    if (unslashed) return ctx.redirect(`${unslashed}/`);
    ctx.set(headers);
    ctx.type = asset.type;
    ctx.etag = asset.etag;
    ctx.body = asset.bytes;
    if (ctx.fresh) ctx.status = 304;
  };
}

/** Content security policy: the page loads from its own server and asks nobody else. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

const headers = {
  "cache-control": "no-cache",
  "content-security-policy": policy.join("; "),
  "referrer-policy": "no-referrer",
};

interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
  /** Whether its path ends in a slash. */
  readonly isFolder: boolean;
}

const types: readonly string[] = ["html", "css", "js", "svg"];
const folder = new URL("../playground/", import.meta.url);
/** Paths of the pages below the prefix. */
const pages: ReadonlyMap<string, readonly string[]> = new Map([
  ["index.html", ["", "/"]],
  ["docs.html", ["/docs"]],
]);

/** Every file that is served, by its path. */
function readAssets(prefix: string): ReadonlyMap<string, Asset> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const assets = new Map<string, Asset>();
  for (const name of names.map((each) => each.replaceAll("\\", "/"))) {
    const type = extname(name).slice(1);
    if (!types.includes(type)) continue;
    const bytes = readFileSync(new URL(name, folder));
    const etag = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
    const paths = pages.get(name) ?? [`/playground/${name}`];
    const isFolder = paths.includes("/");
    for (const path of paths) assets.set(prefix + path, { type, bytes, etag, isFolder });
  }
  return assets;
}
