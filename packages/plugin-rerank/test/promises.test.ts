import { pluginChecks } from "@kindred/core/testing";
import { rerank } from "@kindred/plugin-rerank";
import { afterAll, test } from "vitest";
import { fixture } from "./fixture.ts";

const model = await fixture("bert-tiny");
afterAll(() => model[Symbol.asyncDispose]());

const request = { query: "a fox", documents: ["a red fox", "the sea"] };
const checks = pluginChecks({
  plugin: rerank(),
  model: model.path,
  input: request,
  invalidInput: { ...request, documents: [] },
  bodies: { "/v1/rerank": request },
});
for (const { name, run } of checks) test(name, run);
