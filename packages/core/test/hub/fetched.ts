import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hubSource } from "../../src/hub/index.ts";
import type { HubOptions } from "../../src/hub/index.ts";
import type { LoadProgress } from "../../src/model-source.ts";
import type { Call } from "../../src/pipeline.ts";
import { call } from "../fixtures.ts";
import type { StandIn } from "./stand-in.ts";

/** An empty home of Hugging Face's clients. Disposed, it is removed. */
export interface Home extends AsyncDisposable {
  readonly path: string;
  /** `hub/models--birds--lark`. */
  readonly repo: string;
  /** The variables that lead to it and to a stand-in. */
  env(hub?: Pick<StandIn, "url">, more?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
}

/** The stand-ins of this machine are not asked through a proxy of the one who runs the tests. */
export const noProxies: NodeJS.ProcessEnv = Object.fromEntries(
  ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].map((name) => [name, ""]),
);

export async function home(): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), "kindred-hub-"));
  return {
    path,
    repo: join(path, "hub", "models--birds--lark"),
    // Nothing listens on the discard port of this machine.
    env: (hub, more = {}) => ({
      ...noProxies,
      HF_HOME: path,
      HF_HUB_OFFLINE: "0",
      HF_ENDPOINT: hub?.url ?? "http://127.0.0.1:9",
      ...more,
    }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

/** Finds a model and fetches all its files. Resolves to its folder. */
export async function fetchAll(
  options: HubOptions,
  source = "birds/lark",
  surroundings: Call<LoadProgress> = call(),
): Promise<string> {
  const found = await hubSource(options).find(source, surroundings);
  return found.fetch(found.files, surroundings);
}
