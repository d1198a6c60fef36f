import { createKernel } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { createApp } from "@kindred/server-koa";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";
import type { FixtureOptions } from "../../packages/plugin-embedding/test/fixture.ts";
import { heldKernel } from "../held-endpoint.ts";
import { listen, post } from "../../packages/server-koa/test/stand-in.ts";

/** Its replies are held to the schemas of their endpoints. */
export interface EmbeddingServer extends AsyncDisposable {
  readonly url: string;
  /** The status and the JSON of a reply to a POST. */
  ask(path: string, body: object): Promise<{ readonly status: number; readonly json: any }>;
}

export interface EmbeddingServerOptions extends FixtureOptions {
  /** Launch options. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A server of one fixture's model, which is called "m". */
export async function embeddingServer(
  name: string,
  { options = {}, ...changes }: EmbeddingServerOptions = {},
): Promise<EmbeddingServer> {
  const folder = await fixture(name, changes);
  const kernel = heldKernel(
    await createKernel({
      plugins: [embedding()],
      models: [{ id: "m", source: folder.path, options }],
    }),
  );
  const server = await listen(createApp(kernel));
  return {
    url: server.url,
    async ask(path, body) {
      const reply = await post(`${server.url}${path}`, body);
      return { status: reply.status, json: await reply.json() };
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await kernel[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
