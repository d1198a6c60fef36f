import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import { expect, test } from "vitest";
import { imageFolder } from "../../../test/images-http/image-folder.ts";
import { pipelineFiles } from "../src/families/pipeline-files.ts";
import { diffusion } from "../src/index.ts";

test("a pipeline is served from the files that its published repository is fetched by", async () => {
  await using folder = await imageFolder();
  const files = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const named = pipelineFiles.map(
    (pattern) => new RegExp(`/${pattern.replaceAll(".", "\\.").replace("*", ".*")}$`),
  );
  for (const file of files.filter((each) => each.isFile())) {
    const path = join(file.parentPath, file.name);
    if (!named.some((pattern) => pattern.test(path))) await rm(path);
  }
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "sd", source: folder.path }],
  });
  expect(kernel.models()[0]).toMatchObject({ state: "ready" });
});
