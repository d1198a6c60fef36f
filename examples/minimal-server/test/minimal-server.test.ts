import { OpenAI } from "openai";
import { expect, test } from "vitest";
import { fixture } from "../../../packages/plugin-embedding/test/fixture.ts";
import { start } from "../../../test/started.ts";

test("the example serves embeddings", async () => {
  await using model = await fixture("bge-tiny");
  await using server = await start(new URL("../dist/main.js", import.meta.url), [model.path, "0"]);
  const { embeddings } = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none" });
  const { data } = await embeddings.create({ model: "embedder", input: "a fox" });
  expect(data[0]!.embedding).toHaveLength(48);
});
