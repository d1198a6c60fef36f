import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { fileServer, json, lfs, sha256 } from "./file-server.ts";
import type { Asked, Exchange, Fault, StandIn } from "./file-server.ts";

export { bytes, sha256 } from "./file-server.ts";
export type { Asked, Fault, StandIn } from "./file-server.ts";

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

export const commit: string = "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a";

export function gitSha1(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** The name of a file's blob. */
export function etag(path: string, content: Buffer): string {
  return lfs.test(path) ? sha256(content) : gitSha1(content);
}

/** A local stand-in for Hugging Face. */
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

  async function answer({ url, path, request, response, send }: Exchange): Promise<void> {
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
    await send(content);
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

  return fileServer({ fault: options.fault, answer });
}
