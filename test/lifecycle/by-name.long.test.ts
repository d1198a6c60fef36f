import { OpenAI } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StandInOptions } from "../../packages/core/test/hub/stand-in.ts";
import { serverEvents } from "../images-http/server-events.ts";
import type { ServerEvent } from "../images-http/server-events.ts";
import { namedServer } from "./named-server.ts";
import type { NamedServer } from "./named-server.ts";
import { tinyRepositories } from "./tiny-models.ts";

let repositories: readonly StandInOptions[];
let server: NamedServer;
beforeAll(async () => {
  repositories = await tinyRepositories();
  const aliases = ["text-embedding-3-small=bge-base-en", "gpt-image-1=sd-turbo"];
  const flags = aliases.flatMap((alias) => ["--alias", alias]);
  server = await namedServer(repositories, ["--load", "any", "--keep-alive", "1h", ...flags]);
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

function client({ url }: { readonly url: string }): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
}

async function launched({ url }: { readonly url: string }): Promise<readonly any[]> {
  return (await (await fetch(`${url}/v1/models`)).json()).data;
}

test("clients with hard-coded names are served by models that come when they are asked for, and share their coming", async () => {
  const { embeddings, images } = client(server);
  const asked = Array.from({ length: 5 }, (_, i) =>
    embeddings.create({ model: "text-embedding-3-small", input: `text ${i}` }),
  );
  for (const { data } of await Promise.all(asked)) expect(data[0]!.embedding).toHaveLength(48);
  const picture = await images.generate({ model: "gpt-image-1", prompt: "a fox" });
  expect(picture.data![0]!.b64_json).toMatch(/^iVBOR/);
  expect(await launched(server)).toMatchObject([
    { id: "demo-image" },
    { id: "demo-embedding" },
    { id: "bge-base-en", aliases: ["text-embedding-3-small"], onDemand: true, keepAlive: 3600 },
    { id: "sd-turbo", aliases: ["gpt-image-1"], onDemand: true },
  ]);
  const { fetched } = server.hub.repos.get("BAAI/bge-base-en")!;
  const paths = fetched.map(({ path }) => path);
  expect(paths).toEqual([...new Set(paths)]);
});

test("a stream tells that its model is being downloaded, and how far, before it draws", async () => {
  const body = { prompt: "a fox", num_inference_steps: 2, stream: true };
  const reply = await fetch(`${server.url}/v1/images/generations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "stable-diffusion-v1-5/stable-diffusion-v1-5", ...body }),
  });
  expect(reply.status).toBe(200);
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(reply)) events.push(event);
  const loading = events.filter(({ data }) => data.state === "loading" && data.progress);
  expect(loading.at(-1)!.data.progress).toMatchObject({
    what: "stable-diffusion-v1-5/stable-diffusion-v1-5",
    done: expect.any(Number),
    total: expect.any(Number),
  });
  expect(events.at(-1)!.event).toBe("image_generation.completed");
});

test("a name that the hub does not have is told, and is no model afterwards", async () => {
  const asking = client(server).embeddings.create({ model: "birds/lark", input: "a" });
  await expect(asking).rejects.toThrow(/birds\/lark/);
  expect((await launched(server)).map(({ id }) => id)).not.toContain("birds/lark");
});

test("without --load, a request loads nothing that nobody has launched or registered", async () => {
  await using listed = await server.again([]);
  const asking = client(listed).embeddings.create({ model: "bge-base-en", input: "a" });
  await expect(asking).rejects.toMatchObject({ status: 404 });
});

test("--load cached serves what was downloaded, and downloads nothing", async () => {
  const before = [...server.hub.repos.values()].map(({ asked }) => asked.length);
  await using cached = await server.again(["--load", "cached"]);
  const { embeddings } = client(cached);
  const { data } = await embeddings.create({ model: "bge-base-en", input: "a" });
  expect(data[0]!.embedding).toHaveLength(48);
  const other = embeddings.create({ model: "bge-small-en-v1.5", input: "a" });
  await expect(other).rejects.toMatchObject({ status: 404 });
  expect([...server.hub.repos.values()].map(({ asked }) => asked.length)).toEqual(before);
});

test("what was launched over HTTP is there again after a restart, until it is terminated", async () => {
  const launch = async ({ url }: { readonly url: string }) =>
    fetch(`${url}/v1/models`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model_name: "bge-base-en", model_uid: "mine" }),
    });
  {
    await using first = await server.again([]);
    expect((await launch(first)).status).toBe(200);
  }
  {
    await using second = await server.again([]);
    expect(second.output).toContain("serving mine\n");
    expect((await fetch(`${second.url}/v1/models/mine`, { method: "DELETE" })).status).toBe(200);
  }
  await using third = await server.again([]);
  expect((await launched(third)).map(({ id }) => id)).toEqual(["demo-image", "demo-embedding"]);
});
