import { fileServer, json, lfs, sha256 } from "./file-server.ts";
import type { Asked, Exchange, Fault, StandIn } from "./file-server.ts";

export interface ModelScopeStandInOptions {
  /** Files of the repository. */
  readonly files: Readonly<Record<string, Buffer | string>>;
  readonly repo?: string;
  /** Branches and tags beside "master". */
  readonly revisions?: readonly string[];
  /** The token without which nothing is told. Default: the model is public. */
  readonly token?: string;
  /** How a request is answered. Default: well. A file's path is that of the API with the file's behind it. */
  readonly fault?: (asked: Asked, count: number) => Fault | undefined;
  /** Entries of the listing that differ. */
  readonly listed?: (entry: Record<string, unknown>, count: number) => Record<string, unknown>;
  /** Entries of a listing, beyond which it ends without a word. Default 3000. */
  readonly limit?: number;
}

/** A local stand-in for ModelScope, which answers what its Python client (modelscope-hub 0.5.1) reads. */
export async function modelScopeStandIn(options: ModelScopeStandInOptions): Promise<StandIn> {
  const { repo = "birds/lark", revisions = [], token, limit = 3000 } = options;
  const root = `/api/v1/models/${repo}`;
  let listings = 0;

  async function answer({ url, path, request, response, send }: Exchange): Promise<void> {
    const revision = url.searchParams.get("Revision") ?? "master";
    const { authorization, cookie } = request.headers;
    const isLet =
      authorization === `Bearer ${token}` && cookie?.includes(`m_session_id=${token}`) === true;
    if (token !== undefined && !isLet) return refuse(403, "the model is private");
    if (!path.startsWith(root)) return refuse(404, "the model is not there");
    if (![...revisions, "master"].includes(revision)) return refuse(404, "no such revision");
    if (path === `${root}/repo/files`) return list(url.searchParams);
    if (path === `${root}/revisions`) return well({ RevisionMap: branches() });
    const name = path.slice(`${root}/repo/`.length);
    const content = options.files[name];
    if (content === undefined) return refuse(404, "the file is not there");
    // What git has is sent without a redirect, and without regard to ranges.
    return send(Buffer.from(content), { ranges: lfs.test(name) });

    function well(data: unknown): void {
      json(response, { Code: 200, Data: data, Message: "success", RequestId: "1", Success: true });
    }

    function refuse(status: number, message: string): void {
      response.writeHead(status, { "content-type": "application/json" });
      const body = { Code: 10_010_205_001, Message: message, RequestId: "1", Success: false };
      response.end(JSON.stringify(body));
    }

    function list(query: URLSearchParams): void {
      const inside = query.get("Root") ? `${query.get("Root")}/` : "";
      listings += 1;
      const entries = [...folders(), ...Object.keys(options.files)]
        .filter((each) => each.startsWith(inside))
        .filter(
          (each) => query.get("Recursive") === "True" || !each.slice(inside.length).includes("/"),
        )
        .map(entryOf);
      well({ Files: entries.slice(0, limit), IsVisual: 0 });
    }
  }

  function branches(): object {
    const named = (names: readonly string[]) =>
      names.map((Revision) => ({ Revision, CreatedAt: 1_700_000_000 }));
    return { Branches: named(["master"]), Tags: named(revisions) };
  }

  function folders(): readonly string[] {
    const parts = Object.keys(options.files).map((path) => path.split("/").slice(0, -1));
    return [
      ...new Set(parts.flatMap((each) => each.map((_, i) => each.slice(0, i + 1).join("/")))),
    ];
  }

  function entryOf(path: string): Record<string, unknown> {
    const given = options.files[path];
    const content = given === undefined ? undefined : Buffer.from(given);
    const entry = {
      CommitMessage: "add",
      CommittedDate: 1_700_000_000,
      CommitterName: "lark",
      InCheck: false,
      IsLFS: lfs.test(path),
      Mode: content ? "33188" : "16384",
      Name: path.split("/").at(-1),
      Path: path,
      Revision: "e45fcc158894f18a7a8cfa3caf8b3dd1a2b26dc9",
      Sha256: content ? sha256(content) : "",
      Size: content?.length ?? 0,
      Type: content ? "blob" : "tree",
    };
    return (content && options.listed?.(entry, listings)) ?? entry;
  }

  return fileServer({
    fault: options.fault,
    pathOf({ pathname, searchParams }) {
      const file = searchParams.get("FilePath");
      return `${decodeURIComponent(pathname)}${file === null ? "" : `/${file}`}`;
    },
    answer,
  });
}
