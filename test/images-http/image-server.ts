import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";
import { imageFolder } from "./image-folder.ts";

export interface ImageServer extends Started {
  /** The data folder. */
  readonly data: string;
}

/** The model's id. */
export const model = "stabilityai/tiny-image";

export interface ImageServerOptions {
  /** Ids of further models, over the same folder. Default: none. */
  readonly models?: readonly string[];
  readonly flags?: readonly string[];
  /** Modules that the server's process imports first. */
  readonly imports?: readonly string[];
  /** Its environment. Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts `kindred serve` with an image model and a data folder of its own. Everything is removed when disposed. */
export async function imageServer({
  models: others = [],
  flags = [],
  imports = [],
  env = process.env,
}: ImageServerOptions = {}): Promise<ImageServer> {
  const folder = await imageFolder();
  const data = await mkdtemp(join(tmpdir(), "kindred-data-"));
  const models = [model, ...others].flatMap((id) => ["--model", `${id}=${folder.path}`]);
  const args = ["serve", "--port", "0", "--data", data, ...models, ...flags];
  const begun = imports.map((name) => `--import ${new URL(name, import.meta.url)}`).join(" ");
  const server = await start(kindred, args, { env: { ...env, NODE_OPTIONS: begun } });
  return Object.assign(server, {
    data,
    async [Symbol.asyncDispose]() {
      server.kill("SIGTERM");
      await server.ended;
      await folder[Symbol.asyncDispose]();
      await rm(data, { recursive: true });
    },
  });
}

/** Headers that close the connection: kept alive, it would count among what the server holds. */
export const closing: Readonly<Record<string, string>> = { connection: "close" };

/** Asks for pictures. */
export function generate(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${url}/v1/images/generations`, {
    method: "POST",
    headers: { "content-type": "application/json", ...closing, ...headers },
    body: JSON.stringify({ prompt: "a red apple", num_inference_steps: 4, seed: 1, ...body }),
    signal,
  });
}
