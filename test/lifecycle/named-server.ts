import { home } from "../../packages/core/test/hub/fetched.ts";
import type { StandInOptions } from "../../packages/core/test/hub/stand-in.ts";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";
import { hubOf } from "./hub-of.ts";
import type { Hub } from "./hub-of.ts";

export interface NamedServer extends Started {
  readonly hub: Hub;
  /** The data folder, in which the server's state is kept. */
  readonly data: string;
  /** Starts the server anew, with other flags, beside the same cache and data. */
  again(flags?: readonly string[]): Promise<Started>;
}

/** Starts `kindred serve` without models, beside a hub of these repositories and an empty cache. Everything is removed when disposed. */
export async function namedServer(
  repositories: readonly StandInOptions[],
  flags: readonly string[] = [],
): Promise<NamedServer> {
  const hub = await hubOf(repositories);
  const place = await home();
  const env = { ...process.env, ...place.env(hub) };
  const state = ["--state", `${place.path}/state.json`];
  const begin = (more: readonly string[]) =>
    start(kindred, ["serve", "--port", "0", "--data", place.path, ...state, ...more], { env });
  const server = await begin(flags);
  return Object.assign(server, {
    hub,
    data: place.path,
    again: (more: readonly string[] = flags) => begin(more),
    async [Symbol.asyncDispose]() {
      server.kill("SIGTERM");
      await server.ended;
      await hub[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  });
}
