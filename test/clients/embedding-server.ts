import { once } from "node:events";
import type { Call, Kernel } from "@kindred/core";
import { embeddingTask } from "@kindred/plugin-embedding";
import type { EmbeddingRequest } from "@kindred/plugin-embedding";
import { serve } from "@kindred/server-koa";
import { served } from "../../packages/plugin-embedding/test/served.ts";

/** The model's id: a repository's, with a slash. It has the prompts "query" and "passage", 40 dimensions and takes 512 tokens. */
export const model = "org/e5-tiny";

/** A server of one model, with its kernel beside it. */
export interface EmbeddingServer extends AsyncDisposable {
  /** The base URL of clients. */
  readonly url: string;
  /** The requests over HTTP so far: "POST /v1/embeddings". */
  readonly requests: string[];
  /** What the kernel was asked so far. */
  readonly asked: EmbeddingRequest[];
  /** Whether a request that comes is held until its client hangs up. */
  holds: boolean;
  /** How many are held. */
  held: number;
  /** The vectors that the kernel gives without HTTP. */
  vectors(input: EmbeddingRequest["input"], prompt?: string): Promise<readonly Float32Array[]>;
}

export async function embeddingServer(): Promise<EmbeddingServer> {
  const { kernel, embed, ...folder } = await served("e5-tiny", { id: model });
  const run = async (
    task: typeof embeddingTask,
    id: string,
    input: EmbeddingRequest,
    call: Call,
  ) => {
    server.asked.push(input);
    if (server.holds) {
      server.held++;
      if (!call.signal!.aborted) await once(call.signal!, "abort");
      server.held--;
    }
    return kernel.run(task, id, input, call);
  };
  const watched: Kernel = { ...kernel, run: run as Kernel["run"] };
  const serving = await serve(watched, { port: 0, drainDelay: 0, deadline: 0 });
  const server: EmbeddingServer = {
    url: `${serving.url}/v1`,
    requests: [],
    asked: [],
    holds: false,
    held: 0,
    vectors: (input, prompt) => embed({ input, prompt }),
    async [Symbol.asyncDispose]() {
      await serving.close();
      await folder[Symbol.asyncDispose]();
    },
  };
  serving.server.on("request", ({ method, url }) => server.requests.push(`${method} ${url}`));
  return server;
}
