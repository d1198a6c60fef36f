import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";
import { imageFolder } from "./image-folder.ts";

export interface ImageServer extends Started {
  /** Its data folder. */
  readonly data: string;
}

/** A checkpoint's id as clients know it. */
export const model = "stabilityai/tiny-image";

export interface ImageServerOptions {
  readonly flags?: readonly string[];
  /** Modules that the server's process begins with. */
  readonly imports?: readonly string[];
}

/** `kindred serve` with an image model and a data folder of its own. Disposed, all of it is gone. */
export async function imageServer({
  flags = [],
  imports = [],
}: ImageServerOptions = {}): Promise<ImageServer> {
  const folder = await imageFolder();
  const data = await mkdtemp(join(tmpdir(), "kindred-data-"));
  const models = ["--model", `${model}=${folder.path}`];
  const args = ["serve", "--port", "0", "--data", data, ...models, ...flags];
  const begun = imports.map((name) => `--import ${new URL(name, import.meta.url)}`).join(" ");
  const server = await start(kindred, args, { env: { ...process.env, NODE_OPTIONS: begun } });
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

/** Headers of a request whose connection is not kept: while it idles it counts among what the server holds. */
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
