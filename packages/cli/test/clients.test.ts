import { BadRequestError, NotFoundError, OpenAI } from "openai";
import { OpenAI as OpenAI4 } from "openai4";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kindred, start } from "../../../test/started.ts";
import type { Started } from "../../../test/started.ts";
import { fixture } from "../../plugin-embedding/test/fixture.ts";

let model: Awaited<ReturnType<typeof fixture>>;
let server: Started;
beforeAll(async () => {
  model = await fixture("bge-tiny");
  server = await start(kindred, ["serve", "--port", "0", "--model", `org/bge-tiny=${model.path}`]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
});

const id = "org/bge-tiny";
const texts = ["a red fox", "狐狸 🦊", "the quick brown fox jumps over the lazy dog ".repeat(12)];
const clients = { "openai 7": OpenAI, "openai 4": OpenAI4 as unknown as typeof OpenAI };

describe.each(Object.entries(clients))("%s", (_, Client) => {
  const connect = () =>
    new Client({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 }).embeddings;

  test("asks for base64 by itself and gets the numbers that float gives", async () => {
    const { data, usage, model: name } = await connect().create({ model: id, input: texts });
    const floats = await connect().create({ model: id, input: texts, encoding_format: "float" });
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(name).toBe(id);
    expect(usage.total_tokens).toBe(usage.prompt_tokens);
    for (const [i, { embedding }] of data.entries()) {
      expect(embedding).toHaveLength(48);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      expect(Array.from(embedding)).toEqual(floats.data[i]!.embedding.map(Math.fround));
    }
  });

  test("cuts vectors to the dimensions asked for and brings them to unit length", async () => {
    const whole = await vectorOf({ input: "a red fox" });
    const cut = await vectorOf({ input: "a red fox", dimensions: 16 });
    const norm = Math.hypot(...whole.slice(0, 16));
    expect(cut).toHaveLength(16);
    for (const [i, value] of cut.entries()) expect(value).toBeCloseTo(whole[i]! / norm, 5);
  });

  test("may send token ids, one list or several", async () => {
    const one = await vectorOf({ input: [11, 12, 13] });
    const { data } = await connect().create({ model: id, input: [[11, 12, 13], [14]] });
    expect(data).toHaveLength(2);
    expect(distance(data[0]!.embedding, one)).toBeLessThan(1e-5);
    expect(distance(data[1]!.embedding, one)).toBeGreaterThan(1e-3);
  });

  test("hears which field is wrong", async () => {
    await expect(refusal({ input: "fox", dimensions: 49 })).resolves.toMatchObject({
      status: 400,
      param: "dimensions",
      code: "INVALID_INPUT",
      type: "invalid_request_error",
    });
    await expect(refusal({ input: [] })).resolves.toMatchObject({ status: 400, param: "input" });
    await expect(refusal({ input: [1.5] })).resolves.toMatchObject({ status: 400, param: "input" });
    await expect(refusal({ input: "fox", model: "no-such" })).resolves.toMatchObject({
      status: 404,
      param: "model",
    });
  });

  async function vectorOf(body: object): Promise<number[]> {
    const { data } = await connect().create({ model: id, input: "", ...body });
    return Array.from(data[0]!.embedding);
  }

  async function refusal(body: object): Promise<unknown> {
    return connect()
      .create({ model: id, input: "", ...body })
      .catch((error: unknown) => error);
  }
});

test("errors are the client's own classes", async () => {
  const { embeddings } = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none" });
  await expect(embeddings.create({ model: id, input: "" })).rejects.toThrow(BadRequestError);
  await expect(embeddings.create({ model: "no", input: "a" })).rejects.toThrow(NotFoundError);
});

test("a client lists the models and gets one by its id", async () => {
  const { models } = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none" });
  const { data } = await models.list();
  expect(data.map((each) => each.id)).toEqual([id]);
  expect(await models.retrieve(id)).toMatchObject({ id, object: "model", dimensions: 48 });
});

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}
