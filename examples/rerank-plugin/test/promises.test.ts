import { pluginChecks } from "@kindred/core/testing";
import { afterAll, test } from "vitest";
import rerank from "../src/index.ts";
import { crossEncoderFolder } from "./cross-encoder-folder.ts";

const model = await crossEncoderFolder();
afterAll(() => model[Symbol.asyncDispose]());

const [query, documents] = ["a fox", ["a red fox", "the sea"]];
const checks = pluginChecks({
  plugin: rerank(),
  model: model.path,
  input: { query, documents, topN: 2 },
  bodies: { "/v1/rerank": { query, documents } },
});
for (const { name, run } of checks) test(name, run);
