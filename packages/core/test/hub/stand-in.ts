import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** How the stand-in answers one request of a file otherwise than well. */
export interface Fault {
  /** Bytes of the body after which the connection is closed. */
  readonly cut?: number;
  /** Bytes of the body after which nothing more comes. */
  readonly stall?: number;
  /** Bytes of the body after which the server waits for some milliseconds, again and again. */
  readonly drip?: { readonly bytes: number; readonly pause: number };
  /** The file as it is served, with the headers that belong to it. */
  readonly content?: Buffer;
  /** Whether ranges are obeyed. Default true. */
  readonly ranges?: boolean;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as it came, of a file or of the API. */
export interface Asked {
  readonly path: string;
  /** First byte of the range that was asked for; 0 without one. */
  readonly from: number;
  readonly headers: IncomingMessage["headers"];
}

export interface StandInOptions {
  /** Files of the repository. */
  readonly files: Readonly<Record<string, Buffer | string>>;
  readonly repo?: string;
  /** Files of further repositories by their names, at the same commit. */
  readonly others?: Readonly<Record<string, Readonly<Record<string, Buffer | string>>>>;
  /** Its commit. Default: `commit`. */
  readonly at?: string;
  /** Branches and tags beside "main". */
  readonly revisions?: readonly string[];
  /** How a request is answered. Default: well. */
  readonly fault?: (asked: Asked, count: number) => Fault | undefined;
  /** Entries of the listing that differ. */
  readonly listed?: (entry: Record<string, unknown>) => Record<string, unknown>;
  /** Further members of what the API says of the repository. */
  readonly about?: Readonly<Record<string, unknown>>;
  /** Entries of one page of the listing. Default 1000. */
  readonly page?: number;
}

/** A local stand-in for Hugging Face. */
export interface StandIn extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Bytes of files that were sent. */
  readonly sent: number;
  /** The file requests alone. */
  readonly fetched: readonly Asked[];
}

export const commit: string = "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a";

export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

export function gitSha1(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** Files with these endings are LFS's. */
const lfs = /\.(safetensors|bin|onnx)$/;

/** The name of a file's blob. */
export function etag(path: string, content: Buffer): string {
  return lfs.test(path) ? sha256(content) : gitSha1(content);
}

/** Random bytes that are the same for a seed. */
export function bytes(count: number, seed = 1): Buffer {
  const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, i) =>
    createHash("sha256").update(`${seed} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, count);
}

export async function standIn(options: StandInOptions): Promise<StandIn> {
  const { files: given, repo = "birds/lark", at = commit, revisions = [], page = 1000 } = options;
  const repos = new Map(
    Object.entries({ ...options.others, [repo]: given }).map(([name, files]) => {
      const contents = Object.entries(files).map(([path, content]) => {
        return [path, Buffer.from(content)] as const;
      });
      return [name, new Map(contents)] as const;
    }),
  );
  const asked: Asked[] = [];
  const fetched: Asked[] = [];
  let sent = 0;

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, "http://localhost");
    const path = decodeURIComponent(url.pathname);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const each = { path, from, headers: request.headers };
    asked.push(each);
    const fault = options.fault?.(each, asked.filter((other) => other.path === path).length) ?? {};
    if (fault.status !== undefined) {
      response.writeHead(fault.status, fault.headers).end("no");
      return;
    }
    const [, name = repo] = /^\/(?:api\/models\/)?([^/]+\/[^/]+)\//.exec(path) ?? [];
    const files = repos.get(name) ?? new Map<string, Buffer>();
    const isHere = repos.has(name);
    const revision = new RegExp(`^/api/models/${name}/revision/(.+)$`).exec(path)?.[1];
    if (isHere && revision !== undefined) {
      const isKnown = [at, "main", ...revisions].includes(revision);
      if (isKnown) return json(response, { id: name, sha: at, siblings: [], ...options.about });
      response.writeHead(404, { "x-error-code": "RevisionNotFound" }).end();
      return;
    }
    if (isHere && path === `/api/models/${name}/tree/${at}`) return list(files, url, response);
    const file = new RegExp(`^/${name}/resolve/${at}/(.+)$`).exec(path)?.[1];
    const content = file === undefined ? undefined : files.get(file);
    if (content === undefined) {
      response.writeHead(404, { "x-error-code": "RepoNotFound" }).end();
      return;
    }
    // Python's client asks for a file's facts first.
    response.setHeader("etag", `"${etag(path, content)}"`);
    response.setHeader("x-repo-commit", at);
    if (request.method === "HEAD") {
      response.writeHead(200, { "content-length": content.length }).end();
      return;
    }
    fetched.push(each);
    await send(fault.content ?? content, from, fault, response);
  }

  function list(files: ReadonlyMap<string, Buffer>, url: URL, response: ServerResponse): void {
    const entries = [...files].map(([path, content]) => {
      const isLfs = lfs.test(path);
      const entry = {
        type: "file",
        path,
        size: content.length,
        oid: gitSha1(isLfs ? Buffer.from(sha256(content)) : content),
        ...(isLfs && { lfs: { oid: sha256(content), size: content.length, pointerSize: 134 } }),
      };
      return options.listed?.(entry) ?? entry;
    });
    const first = Number(url.searchParams.get("cursor") ?? 0);
    url.searchParams.set("cursor", String(first + page));
    const more = first + page < entries.length;
    const folder = { type: "directory", path: "folder", oid: "0".repeat(40), size: 0 };
    const link = more ? { link: `<${url.pathname}${url.search}>; rel="next"` } : {};
    return json(response, [folder, ...entries.slice(first, first + page)], link);
  }

  async function send(
    content: Buffer,
    from: number,
    { cut, stall, drip, ranges = true }: Fault,
    response: ServerResponse,
  ): Promise<void> {
    if (ranges && from >= content.length && from > 0) {
      response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
      return;
    }
    const start = ranges ? from : 0;
    const body = content.subarray(start);
    const range = { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` };
    const isPart = ranges && from > 0;
    response.writeHead(isPart ? 206 : 200, {
      "content-length": body.length,
      ...(isPart && range),
    });
    const end = Math.min(body.length, cut ?? stall ?? body.length);
    const step = drip?.bytes ?? 65_536;
    for (let done = 0; done < end && !response.destroyed; done += step) {
      const part = body.subarray(done, Math.min(end, done + step));
      sent += part.length;
      await new Promise<void>((written) => response.write(part, () => written()));
      if (drip) await setTimeout(drip.pause);
    }
    if (stall !== undefined) return;
    if (cut === undefined) response.end();
    else response.socket?.end();
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fetched,
    get sent() {
      return sent;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function json(
  response: ServerResponse,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(200, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
