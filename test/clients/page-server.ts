import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fixture } from "../../packages/plugin-rerank/test/fixture.ts";
import { freePort } from "../documents/free-port.ts";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";

/** Names of models on other programs' pages that the server has as aliases of the demo models. */
export const names = {
  embedding: "bge-base-en",
  image: "stabilityai/stable-diffusion-3.5-large",
  rerank: "bge-reranker-base",
} as const;

export interface PageServer extends Started {
  /** A folder for files of a test; it is removed with the server. */
  readonly folder: string;
}

/** Starts `kindred serve` on port 9997, as those pages have it, or on another where something has that port. It embeds, draws and reranks. */
export async function pageServer(key?: string): Promise<PageServer> {
  const folder = await fixture("bert-tiny");
  const models = ["demo-embedding", "demo-image", `${names.rerank}=${folder.path}`];
  const aliases = [`${names.embedding}=demo-embedding`, `${names.image}=demo-image`];
  const server = await start(kindred, [
    "serve",
    "--port",
    `${await pagePort()}`,
    "--no-state",
    ...models.flatMap((model) => ["--model", model]),
    ...aliases.flatMap((alias) => ["--alias", alias]),
    ...(key === undefined ? [] : ["--api-key", key]),
  ]);
  return Object.assign(server, {
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      server.kill("SIGTERM");
      await server.ended;
      await folder[Symbol.asyncDispose]();
    },
  });
}

async function pagePort(): Promise<number> {
  const port = 9997;
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    const other = await freePort();
    console.log(`Port ${port} is taken: the pages are followed on port ${other}.`);
    return other;
  }
  probe.close();
  await once(probe, "close");
  return port;
}

/** Runs a script of tools/clients. Resolves to what it prints; rejects with its errors when a check fails. */
export async function checked(
  python: string,
  script: string,
  args: readonly string[],
): Promise<string> {
  const path = fileURLToPath(new URL(`../../tools/clients/${script}`, import.meta.url));
  const { stdout } = await promisify(execFile)(python, [path, ...args]);
  return stdout;
}
