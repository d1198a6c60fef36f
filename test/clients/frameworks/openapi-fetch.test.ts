import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kindred, start } from "../../started.ts";
import type { Started } from "../../started.ts";
import type { paths } from "./document.d.ts";
import { installed } from "./installed.ts";

const openapiFetch = await installed<typeof import("openapi-fetch")>("openapi-fetch");

describe.skipIf(!openapiFetch)("a client that is typed by the document", () => {
  let server: Started;
  beforeAll(async () => {
    const models = ["--model", "demo-embedding", "--model", "demo-image"];
    server = await start(kindred, ["serve", "--port", "0", ...models]);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  const connect = () => openapiFetch!.default<paths>({ baseUrl: server.url });

  test("embeds texts", async () => {
    const { data, error } = await connect().POST("/v1/embeddings", {
      body: { model: "demo-embedding", input: ["a red fox", "a blue boat"] },
    });
    expect(error).toBeUndefined();
    expect(data!.data.map(({ index }) => index)).toEqual([0, 1]);
    expect(data!.usage.total_tokens).toBe(data!.usage.prompt_tokens);
  });

  test("draws a picture", async () => {
    const { data } = await connect().POST("/v1/images/generations", {
      body: { prompt: "a red circle", size: "256x256", num_inference_steps: 2 },
    });
    // The type is that of the reply or of an event, which a stream would have.
    if (!data || !("data" in data)) throw new Error("It is no reply with pictures.");
    expect(data.data[0]!.b64_json).toMatch(/^iVBOR/);
  });

  test("is refused with an error whose code its types list", async () => {
    const { error } = await connect().POST("/v1/embeddings", {
      body: { model: "nobody", input: "a red fox" },
    });
    expect(error!.error.code).toBe("MODEL_NOT_FOUND");
  });
});
