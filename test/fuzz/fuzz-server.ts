import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import { launchOnDemand, ModelRegistry } from "@kindred/core/registry";
import { diffusion } from "@kindred/plugin-diffusion";
import { embedding } from "@kindred/plugin-embedding";
import { rerank } from "@kindred/plugin-rerank";
import { ApiKeys, FileStore, openMetrics, serve } from "@kindred/server-koa";
import { fixture as embedder } from "../../packages/plugin-embedding/test/fixture.ts";
import { fixture as reranker } from "../../packages/plugin-rerank/test/fixture.ts";
import { heldKernel } from "../held-endpoint.ts";
import { imageFolder } from "../images-http/image-folder.ts";

/** A server under fuzz, and what its document says. */
export interface FuzzServer {
  readonly name: string;
  readonly url: string;
  readonly document: any;
  /** An administrator's key. Absent where the server has no keys. */
  readonly key?: string;
}

export interface FuzzServers extends AsyncDisposable {
  readonly servers: readonly FuzzServer[];
  /** A folder that can be launched. */
  readonly folder: string;
}

/** The models that every server has. No fuzzed request unloads them. */
export const models = { embedding: "embedder", rerank: "reranker", image: "painter" } as const;

const adminKey = "fuzz-admin-key";

/** Servers of one kernel with small models: with lifecycle routes and without, with keys and without. */
export async function fuzzServers(): Promise<FuzzServers> {
  const place = await mkdtemp(join(tmpdir(), "kindred-fuzz-"));
  const [texts, pairs, pictures] = await Promise.all([
    embedder("bge-tiny"),
    reranker("bert-tiny"),
    imageFolder(),
  ]);
  // A request draws at most sixteen steps of 64x64.
  const plugins = [embedding(), rerank(), diffusion({ maxSide: 128, maxPixelSteps: 65_536 })];
  const registry = await ModelRegistry.open({ plugins });
  const kernel = heldKernel(
    await createKernel({
      plugins,
      models: [
        { id: models.embedding, source: texts.path },
        { id: models.rerank, source: pairs.path },
        { id: models.image, source: pictures.path, options: { steps: 1 } },
      ],
      onDemand: launchOnDemand({ registry }),
    }),
  );
  const env = { HF_HOME: place, HF_HUB_OFFLINE: "1" };
  const store = await FileStore.open(place);
  const kinds = [true, false].flatMap((lifecycle) =>
    [true, false].map((keys) => ({ lifecycle, keys })),
  );
  const running = await Promise.all(
    kinds.map(async ({ lifecycle, keys }) => {
      const serving = await serve(kernel, {
        port: 0,
        drainDelay: 0,
        deadline: 5_000,
        files: { store },
        metrics: openMetrics(kernel),
        connections: { maxRequests: Infinity },
        ...(lifecycle && { lifecycle: { registry, env } }),
        ...(keys && { keys: new ApiKeys([{ name: "fuzz", key: adminKey, isAdmin: true }]) }),
      });
      const { url } = serving;
      const headers = { authorization: `Bearer ${adminKey}` };
      const document = await (await fetch(`${url}/openapi.json`, { headers })).json();
      const name = `lifecycle ${lifecycle ? "on" : "off"}, keys ${keys ? "on" : "off"}`;
      return { serving, server: { name, url, document, ...(keys && { key: adminKey }) } };
    }),
  );
  return {
    servers: running.map(({ server }) => server),
    folder: texts.path,
    async [Symbol.asyncDispose]() {
      await Promise.all(running.map(({ serving }) => serving.close()));
      for (const folder of [texts, pairs, pictures]) await folder[Symbol.asyncDispose]();
      await rm(place, { recursive: true, force: true });
    },
  };
}
