import { BadRequestError, NotFoundError, OpenAI } from "openai";
import { OpenAI as OpenAI4 } from "openai4";
import { expect, test } from "vitest";
import { embeddingServer, model } from "./embedding-server.ts";
import type { EmbeddingServer } from "./embedding-server.ts";
import { expectVectors, promises, texts } from "./promises.ts";

/** The newest client, and one of the generation that many applications still run. */
const clients = { "openai 7": OpenAI, "openai 4": OpenAI4 as unknown as typeof OpenAI };

for (const [name, Client] of Object.entries(clients)) {
  const connect = (baseURL: string, options: object = {}) =>
    new Client({ baseURL, apiKey: "none", ...options });
  promises(
    name,
    async (url, input, { timeout, ...body }) => {
      const client = connect(url, timeout ? { timeout, maxRetries: 0 } : {});
      const { data } = await client.embeddings.create({ input: [...input], ...body });
      return data.map(({ embedding }) => embedding);
    },
    (server) => more(server, (options) => connect(server().url, options)),
  );
}

function more(server: () => EmbeddingServer, connect: (options?: object) => OpenAI): void {
  test("asks for base64 by itself and gets the numbers that float gives", async () => {
    const { embeddings } = connect();
    const input = texts.slice(0, 3);
    const { data, usage, model: name } = await embeddings.create({ model, input });
    const floats = await embeddings.create({ model, input, encoding_format: "float" });
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(name).toBe(model);
    expect(usage.total_tokens).toBe(usage.prompt_tokens);
    expect(floats.usage).toEqual(usage);
    for (const [i, { embedding }] of data.entries()) {
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      expect(Array.from(embedding)).toEqual(floats.data[i]!.embedding.map(Math.fround));
    }
  });

  test("may send token ids, one list or several", async () => {
    const { embeddings } = connect();
    const one = await embeddings.create({ model, input: [11, 12, 13] });
    const two = await embeddings.create({ model, input: [[11, 12, 13], [14]] });
    const [first, second] = await server().vectors([[11, 12, 13], [14]]);
    expectVectors([one.data[0]!.embedding], [first!]);
    expectVectors(
      two.data.map(({ embedding }) => embedding),
      [first!, second!],
    );
  });

  test("may name a prompt, whose tokens are counted, and say who its user is", async () => {
    const body = { model, input: "a red fox", prompt_name: "query", user: "me" };
    const reply = await connect().embeddings.create(body);
    expectVectors([reply.data[0]!.embedding], await server().vectors(["a red fox"], "query"));
    expectVectors([reply.data[0]!.embedding], await server().vectors(["query: a red fox"]));
    const plain = await connect().embeddings.create({ model, input: "a red fox" });
    expect(reply.usage.prompt_tokens).toBeGreaterThan(plain.usage.prompt_tokens);
    expect(reply).toMatchObject({ warnings: ["user has no effect."] });
  });

  test.each([
    [{ input: [] }, "input"],
    [{ input: "" }, "input"],
    [{ input: [1.5] }, "input"],
    [{ input: ["fox", ""] }, "input"],
    [{ input: "fox", dimensions: 41 }, "dimensions"],
    [{ input: "fox", encoding_format: "int8" }, "encoding_format"],
    [{ input: "fox", prompt_name: "clustering" }, "prompt_name"],
    [{ input: "fox", colour: "red" }, "colour"],
  ])("hears which field is wrong in %o", async (fields, param) => {
    const body = { model, ...fields } as OpenAI.EmbeddingCreateParams;
    await expect(connect().embeddings.create(body)).rejects.toMatchObject({
      status: 400,
      param,
      code: "INVALID_INPUT",
      type: "invalid_request_error",
    });
    expect(server().requests).toEqual(["POST /v1/embeddings"]);
  });

  test("lists the models and gets one by its id", async () => {
    const { models } = connect();
    const { data } = await models.list();
    expect(data.map((each) => each.id)).toEqual([model]);
    expect(await models.retrieve(model)).toMatchObject({ object: "model", dimensions: 40 });
  });
}

test("errors are the client's own classes", async () => {
  await using server = await embeddingServer();
  const { embeddings } = new OpenAI({ baseURL: server.url, apiKey: "none" });
  await expect(embeddings.create({ model, input: "" })).rejects.toThrow(BadRequestError);
  await expect(embeddings.create({ model: "no", input: "a" })).rejects.toThrow(NotFoundError);
});
