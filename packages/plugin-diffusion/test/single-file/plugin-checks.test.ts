import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pluginChecks } from "@kindred/core/testing";
import { afterAll, describe, test } from "vitest";
import { diffusion } from "../../src/index.ts";
import { writeCase } from "./golden.ts";

const files = [
  ["sd-turbo", "sd_turbo.safetensors"],
  ["sdxl", "sd_xl_base_1.0.safetensors"],
] as const;

// The same promises by the same code: KINDRED_FULL=1 has the large file, too.
describe.each(process.env["KINDRED_FULL"] ? files : files.slice(0, 1))(
  "the promises of every plugin, over a folder that holds the single file %s",
  async (name, file) => {
    const folder = await mkdtemp(join(tmpdir(), "kindred-checks-"));
    await writeCase(join(folder, file), name);
    afterAll(() => rm(folder, { recursive: true }));
    const input = { prompt: "a fox", seed: 1, steps: 1, width: 64, height: 64 };
    for (const check of pluginChecks({ plugin: diffusion(), model: folder, input }))
      test(check.name, check.run);
  },
);
