import { expect, test } from "vitest";
import { model } from "../embedding-server.ts";
import type { EmbeddingServer } from "../embedding-server.ts";
import { expectVectors, promises, texts } from "../promises.ts";
import { installed } from "./installed.ts";

const llamaindex = await installed<typeof import("@llamaindex/openai")>("@llamaindex/openai");
type Init = ConstructorParameters<typeof import("@llamaindex/openai").OpenAIEmbedding>[0];

const connect = (baseURL: string, init: Init = {}) =>
  new llamaindex!.OpenAIEmbedding({ model, apiKey: "none", baseURL, ...init });

promises(
  "LlamaIndex",
  llamaindex &&
    ((url, texts, options) =>
      connect(url, {
        ...options,
        ...(options.timeout && { maxRetries: 0 }),
      }).getTextEmbeddingsBatch([...texts])),
  more,
);

function more(server: () => EmbeddingServer): void {
  test("sends texts as they are, in batches of its size", async () => {
    const lines = texts.map((text) => `${text}\n`);
    await connect(server().url, { embedBatchSize: 20 }).getTextEmbeddingsBatch(lines);
    const asked = server().asked.map(({ input }) => input);
    expect(asked).toEqual([lines.slice(0, 20), lines.slice(20)]);
  });

  test("embeds a query as a text", async () => {
    const embedding = connect(server().url);
    const query = await embedding.getQueryEmbedding({ type: "text", text: "a red fox" });
    const text = await embedding.getTextEmbedding("a red fox");
    expectVectors([query!, text], await server().vectors(["a red fox", "a red fox"]));
  });
}
