import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythonWith } from "../python.ts";
import { checked, names, pageServer } from "./page-server.ts";
import type { PageServer } from "./page-server.ts";
import { litellmProxy } from "./litellm-proxy.ts";
import type { LiteLlmProxy } from "./litellm-proxy.ts";

const xinference = pythonWith("xinference_client");
const litellm = pythonWith("litellm");
const proxied = pythonWith("litellm_proxy_extras") && litellm;

describe.each([
  ["without keys", undefined],
  ["with a key", "sk-kindred"],
])("the calls of other programs' pages are answered %s", (_, key) => {
  let server: PageServer;
  beforeAll(async () => {
    server = await pageServer(key);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** The reply to a curl of Xinference's pages. */
  async function curl(path: string, ...args: readonly string[]): Promise<any> {
    const bearer = key === undefined ? [] : ["-H", `Authorization: Bearer ${key}`];
    const always = ["-s", "-X", "POST", `${server.url}${path}`, "-H", "accept: application/json"];
    const { stdout } = await promisify(execFile)("curl", [...always, ...bearer, ...args]);
    return JSON.parse(stdout);
  }
  const json = (body: object) => [
    "-H",
    "Content-Type: application/json",
    "-d",
    JSON.stringify(body),
  ];

  test("curl embeds, and cuts a long document", async () => {
    const body = { model: names.embedding, input: "What is the capital of China?" };
    const { object, model, data, usage } = await curl("/v1/embeddings", ...json(body));
    expect({ object, model }).toEqual({ object: "list", model: names.embedding });
    expect(data).toEqual([{ object: "embedding", index: 0, embedding: expect.any(Array) }]);
    expect(usage.prompt_tokens).toBe(usage.total_tokens);

    const input = "A very long document. ".repeat(200);
    for (const [tokens, run] of [
      [512, 128],
      [16, 16],
      [-1, 128],
    ]) {
      const long = { model: names.embedding, input, truncate_prompt_tokens: tokens };
      expect(await curl("/v1/embeddings", ...json(long))).toMatchObject({
        usage: { prompt_tokens: run },
        warnings: [expect.stringContaining(`cut to ${run} tokens`)],
      });
    }
  });

  test("curl reranks", async () => {
    const documents = ["A man is eating food.", "A man is riding a horse."];
    const body = { model: names.rerank, query: "A man is eating pasta.", documents };
    const { id, results } = await curl("/v1/rerank", ...json(body));
    expect(id).toEqual(expect.any(String));
    expect(results).toHaveLength(2);
  });

  test("curl draws, and draws anew from a file", async () => {
    const body = { model: names.image, prompt: "an apple" };
    const drawn = await curl("/v1/images/generations", ...json(body));
    expect(drawn.created).toEqual(expect.any(Number));
    const picture = Buffer.from(drawn.data[0].b64_json, "base64");
    const file = join(server.folder, "original.png");
    await writeFile(file, picture);
    const form = [`model=${names.image}`, `image=@${file}`, "prompt=an apple"];
    const varied = await curl("/v1/images/variations", ...form.flatMap((part) => ["-F", part]));
    expect(varied.data).toHaveLength(1);
  });

  test("the comma after the last field of a curl that draws is refused with its place", async () => {
    const text = `{\n  "model": "${names.image}",\n  "prompt": "an apple",\n}`;
    const { error } = await curl("/v1/images/generations", ...json({}).slice(0, 3), text);
    expect(error).toMatchObject({ type: "invalid_request_error" });
    expect(error.message).toMatch(/JSON.*(line 4|position)/);
  });

  test.skipIf(!xinference)("Xinference's client and OpenAI's do as they show", async () => {
    const args = [server.url, key ?? "cannot be empty", names.embedding, names.rerank, names.image];
    const stdout = await checked(xinference!, "check_xinference_pages.py", args);
    expect(stdout).toMatch(/^xinference-client \d.*, openai \d/m);
  });

  test.skipIf(!litellm)("LiteLLM's SDK does as it shows", async () => {
    const args = [server.url, key ?? "anything", names.embedding, names.image];
    const stdout = await checked(litellm!, "check_litellm_pages.py", args);
    expect(stdout).toMatch(/^litellm \d/m);
  });

  describe.skipIf(!proxied)("LiteLLM's proxy", () => {
    let proxy: LiteLlmProxy;
    beforeAll(async () => {
      const served = (model_name: string, model: string, mode: string) => ({
        model_name,
        litellm_params: { model, api_base: `${server.url}/v1`, api_key: key ?? "anything" },
        model_info: { mode },
      });
      proxy = await litellmProxy(proxied!, [
        served("xinference-sd", `xinference/${names.image}`, "image_generation"),
        served("xinference-bge", `xinference/${names.embedding}`, "embedding"),
        served("xinference-ranks", `hosted_vllm/${names.rerank}`, "rerank"),
      ]);
    });
    afterAll(() => proxy?.[Symbol.asyncDispose]());

    test("draws", async () => {
      const asked = { prompt: "A beautiful sunset over a calm ocean", n: 1, size: "1024x1024" };
      const body = { model: "xinference-sd", ...asked, response_format: "url" };
      const reply = await proxy.ask("/v1/images/generations", body);
      const { data } = (await reply.json()) as { data: readonly { readonly url: string }[] };
      const file = await fetch(data[0]!.url);
      expect(file.headers.get("content-type")).toBe("image/png");
    });

    test("embeds", async () => {
      const body = { model: "xinference-bge", input: ["good morning from litellm"] };
      const reply = await proxy.ask("/v1/embeddings", body);
      expect(await reply.json()).toMatchObject({ data: [{ embedding: expect.any(Array) }] });
    });

    test("finds all healthy, for which it embeds, draws and reranks", async () => {
      const reply = await proxy.ask("/health");
      expect(await reply.json()).toMatchObject({ healthy_count: 3, unhealthy_count: 0 });
    });
  });
});
