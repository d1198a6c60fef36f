import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pluginChecks } from "@kindred/core/testing";
import { afterAll, describe, test } from "vitest";
import { diffusion } from "../../src/index.ts";
import { writeCase } from "./golden.ts";

describe("the promises of every plugin, over a folder that holds a single file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kindred-checks-"));
  await writeCase(join(folder, "sd_turbo.safetensors"), "sd-turbo");
  afterAll(() => rm(folder, { recursive: true }));
  const input = { prompt: "a fox", seed: 1, steps: 1, width: 64, height: 64 };
  for (const { name, run } of pluginChecks({ plugin: diffusion(), model: folder, input }))
    test(name, run);
});
