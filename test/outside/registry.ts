import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../documents/follow.ts";

export interface Registry extends AsyncDisposable {
  readonly url: string;
}

/** Serves the packages of this repository as npm's registry does, packed as they would be published. */
export async function startRegistry(): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), "kindred-registry-"));
  await promisify(execFile)("npm", ["pack", "-w", "packages", "--pack-destination", folder], {
    cwd: root,
  });
  const answers = new Map<string, string | Buffer>();
  const server = createServer(({ url = "" }, response) => {
    const answer = answers.get(decodeURIComponent(url));
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const file of await readdir(folder)) {
    const bytes = await readFile(join(folder, file));
    const manifest = await manifestOf(file);
    const dist = { tarball: `${url}/${file}`, integrity: integrityOf(bytes) };
    const { name, version } = manifest;
    const versions = { [version]: { ...manifest, dist } };
    answers.set(`/${file}`, bytes);
    answers.set(`/${name}`, JSON.stringify({ name, "dist-tags": { latest: version }, versions }));
  }
  await rm(folder, { recursive: true });
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** "kindred-plugin-embedding-0.1.0.tgz" has the manifest of packages/plugin-embedding. */
async function manifestOf(tarball: string): Promise<any> {
  const [, name] = /^kindred-(.+)-\d+\.\d+\.\d+\S*\.tgz$/.exec(tarball)!;
  return JSON.parse(await readFile(join(root, "packages", name!, "package.json"), "utf8"));
}

function integrityOf(bytes: Buffer): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}
