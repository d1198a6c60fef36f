import { expect, test } from "vitest";
import { model } from "../embedding-server.ts";
import type { EmbeddingServer } from "../embedding-server.ts";
import { expectVectors, promises, texts } from "../promises.ts";
import { installed } from "./installed.ts";

const langchain = await installed<typeof import("@langchain/openai")>("@langchain/openai");
type Fields = ConstructorParameters<typeof import("@langchain/openai").OpenAIEmbeddings>[0];

const connect = (baseURL: string, fields: Fields = {}) =>
  new langchain!.OpenAIEmbeddings({
    model,
    apiKey: "none",
    configuration: { baseURL },
    ...fields,
  });

promises(
  "LangChain",
  langchain &&
    ((url, texts, options) =>
      connect(url, {
        batchSize: 5,
        ...options,
        ...(options.timeout && { maxRetries: 0 }),
      }).embedDocuments([...texts])),
  more,
);

function more(server: () => EmbeddingServer): void {
  test("sends texts, in batches of its size", async () => {
    await connect(server().url, { batchSize: 10 }).embedDocuments([...texts]);
    const sizes = server().asked.map(({ input }) => input.length);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([3, 10, 10]);
  });

  test("embeds a query as its document, in float as well", async () => {
    const query = await connect(server().url).embedQuery(texts[2]!);
    const float = await connect(server().url, { encodingFormat: "float" }).embedQuery(texts[2]!);
    expectVectors([query, float], await server().vectors([texts[2]!, texts[2]!]));
  });

  test("makes spaces of line breaks, unless stripNewLines is false", async () => {
    await connect(server().url).embedQuery("a red\nfox");
    await connect(server().url, { stripNewLines: false }).embedQuery("a red\nfox");
    expect(server().asked.map(({ input }) => input)).toEqual([["a red fox"], ["a red\nfox"]]);
  });

  test("knows a text that is too long for one beyond the model's context", async () => {
    const asking = connect(server().url).embedQuery("fox ".repeat(600));
    await expect(asking).rejects.toMatchObject({ name: "ContextOverflowError" });
  });
}
