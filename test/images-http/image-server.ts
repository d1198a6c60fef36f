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

/** `kindred serve` with an image model and a data folder of its own. Disposed, all of it is gone. */
export async function imageServer(...flags: readonly string[]): Promise<ImageServer> {
  const folder = await imageFolder();
  const data = await mkdtemp(join(tmpdir(), "kindred-data-"));
  const models = ["--model", `${model}=${folder.path}`];
  const server = await start(kindred, [
    "serve",
    "--port",
    "0",
    "--data",
    data,
    ...models,
    ...flags,
  ]);
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

/** Asks for pictures. */
export function generate(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${url}/v1/images/generations`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ prompt: "a red apple", num_inference_steps: 4, seed: 1, ...body }),
    signal,
  });
}
