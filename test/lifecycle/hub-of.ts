import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { standIn } from "../../packages/core/test/hub/stand-in.ts";
import type { StandIn, StandInOptions } from "../../packages/core/test/hub/stand-in.ts";

export interface Hub extends AsyncDisposable {
  readonly url: string;
  /** Each repository's own stand-in, by its name. */
  readonly repos: ReadonlyMap<string, StandIn>;
}

/** A stand-in for Hugging Face with several repositories, to each of which it redirects. */
export async function hubOf(repositories: readonly StandInOptions[]): Promise<Hub> {
  const repos = new Map<string, StandIn>();
  for (const options of repositories) repos.set(options.repo!, await standIn(options));
  const server = createServer((request, response) => {
    const [, repo = ""] = /^(?:\/api\/models)?\/([^/]+\/[^/]+)/.exec(request.url!) ?? [];
    const found = repos.get(repo);
    if (!found) return response.writeHead(404, { "x-error-code": "RepoNotFound" }).end();
    return response.writeHead(307, { location: found.url + request.url }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    repos,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      for (const each of repos.values()) await each[Symbol.asyncDispose]();
    },
  };
}

/** The files of a folder, as a stand-in takes them. */
export async function filesIn(folder: string): Promise<Readonly<Record<string, Buffer>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const read = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(folder, path).replaceAll("\\", "/"), await readFile(path)] as const;
    });
  return Object.fromEntries(await Promise.all(read));
}
