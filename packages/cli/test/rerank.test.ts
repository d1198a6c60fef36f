import { afterAll, beforeAll, expect, test } from "vitest";
import { kindred, start } from "../../../test/started.ts";
import type { Started } from "../../../test/started.ts";
import { fixture } from "../../plugin-rerank/test/fixture.ts";
import { golden, request } from "../../plugin-rerank/test/golden.ts";
import { command } from "./command.ts";

let folder: Awaited<ReturnType<typeof fixture>>;
let server: Started;
beforeAll(async () => {
  folder = await fixture("bert-tiny");
  server = await start(kindred, ["serve", "--port", "0", "--model", `ranks=${folder.path}`]);
});
afterAll(async () => {
  server.kill("SIGTERM");
  await server.ended;
  await folder[Symbol.asyncDispose]();
});

test("kindred serve reranks by itself, and tells what the model is", async () => {
  const { id, model_type, model_ability } = await json("/v1/models/ranks");
  expect({ id, model_type, model_ability }).toEqual({
    id: "ranks",
    model_type: "rerank",
    model_ability: ["rerank"],
  });
  const { results, model } = await json("/v1/rerank", { ...request, top_n: 2 });
  const [best] = golden["bert-tiny"]!.toSorted((one, other) => other - one);
  expect(model).toBe("ranks");
  expect(results).toHaveLength(2);
  expect(results[0].relevance_score).toBeCloseTo(best!, 5);
});

test("a field that there is not is named", async () => {
  const { error } = await json("/v1/rerank", { ...request, raw_scores: true });
  expect(error).toMatchObject({ type: "invalid_request_error", param: "raw_scores" });
});

test("kindred run shows the documents in their order", async () => {
  const documents = 'documents=["a fox", "the sea", "a stone"]';
  const { stdout, stderr } = await command(["run", folder.path, "a red fox", documents, "top_n=2"]);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^(0\.\d{4} {2}(a fox|the sea|a stone)\n){2}\d+ tokens\n$/);
});

async function json(path: string, body?: object): Promise<any> {
  const headers = { "content-type": "application/json" };
  const posted = body && { method: "POST", headers, body: JSON.stringify(body) };
  return (await fetch(`${server.url}${path}`, posted)).json();
}
