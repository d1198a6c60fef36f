import { pluginChecks } from "@kindred/core/testing";
import { afterAll, test } from "vitest";
import classify from "../src/index.ts";
import { classifierFolder } from "./classifier-folder.ts";

const model = await classifierFolder();
afterAll(() => model[Symbol.asyncDispose]());

const checks = pluginChecks({
  plugin: classify(),
  model: model.path,
  input: ["a red fox", "the sea"],
  bodies: { "/v1/classify": { input: "a red fox" } },
});
for (const { name, run } of checks) test(name, run);
