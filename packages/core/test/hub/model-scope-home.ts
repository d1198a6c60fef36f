import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HubOptions } from "../../src/hub/index.ts";
import { noProxies } from "./fetched.ts";
import type { StandIn } from "./stand-in.ts";

/** An empty cache of ModelScope's clients. Disposed, it is removed. */
export interface ModelScopeHome extends AsyncDisposable {
  readonly path: string;
  /** `kindred/models--birds--lark`. */
  readonly repo: string;
  /** `models/birds--lark/snapshots/master`, where Python's client has the model. */
  readonly python: string;
  /** The hub, and the variables that lead to it and to a stand-in. */
  options(
    hub?: Pick<StandIn, "url">,
    more?: NodeJS.ProcessEnv,
  ): HubOptions & {
    readonly env: NodeJS.ProcessEnv;
  };
}

export async function modelScopeHome(): Promise<ModelScopeHome> {
  const path = await mkdtemp(join(tmpdir(), "kindred-modelscope-"));
  return {
    path,
    repo: join(path, "kindred", "models--birds--lark"),
    python: join(path, "models", "birds--lark", "snapshots", "master"),
    options: (hub, more = {}) => ({
      hub: "modelscope",
      // Nothing listens on the discard port of this machine.
      env: {
        ...noProxies,
        MODELSCOPE_CACHE: path,
        MODELSCOPE_ENDPOINT: hub?.url ?? "http://127.0.0.1:9",
        ...more,
      },
    }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}
