import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, graphRuntime, provide } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { launchOnDemand, ModelRegistry } from "@kindred/core/registry";
import { diffusion } from "@kindred/plugin-diffusion";
import { embedding } from "@kindred/plugin-embedding";
import { rerank } from "@kindred/plugin-rerank";
import { ApiKeys, FileStore, openMetrics, serve } from "@kindred/server-koa";
import type { Serving } from "@kindred/server-koa";
import { fixture as embedder } from "../../packages/plugin-embedding/test/fixture.ts";
import { fixture as reranker } from "../../packages/plugin-rerank/test/fixture.ts";
import { heldKernel } from "../held-endpoint.ts";
import { imageFolder } from "../images-http/image-folder.ts";
import { standInGraphs } from "./stand-in-graphs.ts";

/** A server under fuzz, and what its document says. */
export interface FuzzServer {
  readonly name: string;
  readonly url: string;
  readonly document: any;
  /** An administrator's key. Absent where the server has no keys. */
  readonly key?: string;
  /** Whether its graphs are real ones, which take their time. */
  readonly isReal: boolean;
}

export interface FuzzServers extends AsyncDisposable {
  readonly servers: readonly FuzzServer[];
  /** A folder that can be launched. */
  readonly folder: string;
}

interface Kind {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  readonly lifecycle: boolean;
  readonly keys: boolean;
  readonly isReal: boolean;
}

/** The models that every server has. No fuzzed request unloads them. */
export const models = { embedding: "embedder", rerank: "reranker", image: "painter" } as const;

/** A published model whose files are not there. Launched without being waited for, it fails, and says so to those that ask it. */
export const absent = "bge-base-en";

const adminKey = "fuzz-admin-key";

/** Servers with small models: with lifecycle routes and without, with keys and without, all of one kernel whose graphs are stand-ins; and one with real graphs. */
export async function fuzzServers(): Promise<FuzzServers> {
  const place = await mkdtemp(join(tmpdir(), "kindred-fuzz-"));
  const [texts, pairs, pictures] = await Promise.all([
    embedder("bge-tiny"),
    reranker("bert-tiny"),
    imageFolder(),
  ]);
  const standIns = await standInGraphs({ texts: texts.path, pictures: pictures.path });
  const kernelOf = async (isReal: boolean): Promise<Pick<Kind, "kernel" | "registry">> => {
    // A request draws at most sixteen steps of 64x64.
    const plugins = [embedding(), rerank(), diffusion({ maxSide: 128, maxPixelSteps: 65_536 })];
    const registry = await ModelRegistry.open({ plugins });
    const kernel = await createKernel({
      plugins,
      models: [
        { id: models.embedding, source: texts.path },
        { id: models.rerank, source: pairs.path },
        { id: models.image, source: pictures.path, options: { steps: 1 } },
      ],
      onDemand: launchOnDemand({ registry }),
      ...(!isReal && { provides: [provide(graphRuntime, () => standIns)] }),
    });
    return { kernel: heldKernel(kernel), registry };
  };
  const standIn = await kernelOf(false);
  const kinds: readonly Kind[] = [
    ...[true, false].flatMap((lifecycle) =>
      [true, false].map((keys) => ({ ...standIn, lifecycle, keys, isReal: false })),
    ),
    { ...(await kernelOf(true)), lifecycle: true, keys: true, isReal: true },
  ];
  const store = await FileStore.open(place);
  const running = await Promise.all(kinds.map((kind) => fuzzServer(kind, { place, store })));
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

async function fuzzServer(
  { kernel, registry, lifecycle, keys, isReal }: Kind,
  { place, store }: { readonly place: string; readonly store: FileStore },
): Promise<{ readonly serving: Serving; readonly server: FuzzServer }> {
  const env = { HF_HOME: place, HF_HUB_OFFLINE: "1" };
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
  const name = `lifecycle ${lifecycle ? "on" : "off"}, keys ${keys ? "on" : "off"}, graphs ${isReal ? "real" : "stand-ins"}`;
  const server = { name, url, document, isReal, ...(keys && { key: adminKey }) };
  return { serving, server };
}
