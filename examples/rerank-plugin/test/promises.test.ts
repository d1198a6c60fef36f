import { pluginChecks } from "@kindred/core/testing";
import { afterAll, test } from "vitest";
import rerank from "../src/index.ts";
import { crossEncoderFolder } from "./cross-encoder-folder.ts";

const model = await crossEncoderFolder();
afterAll(() => model[Symbol.asyncDispose]());

const input = { query: "a fox", documents: ["a red fox", "the sea"], topN: 2 };
for (const { name, run } of pluginChecks({ plugin: rerank(), model: model.path, input })) {
  test(name, run);
}
