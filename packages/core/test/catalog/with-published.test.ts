import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Checkpoint, ModelFamily } from "../../src/family.ts";
import { createKernel } from "../../src/kernel.ts";

const lark: Checkpoint = { name: "lark-v2", repo: "Birds/Lark_V2", revision: "a1b2" };
const heron: Checkpoint = {
  name: "heron",
  repo: "Birds/heron",
  revision: "main",
  include: ["*.json", "model.safetensors"],
  gated: true,
};
const family: ModelFamily = {
  name: "bird",
  task: { name: "sing" },
  checkpoints: [lark, heron],
  match: () => "own",
  load: async () => ({ run: async () => "la" }),
};

async function reason(source: string): Promise<string | undefined> {
  await using kernel = await createKernel({
    plugins: [{ contract: 1, name: "birds", families: [family] }],
    models: [{ id: "bird", source }],
  });
  return kernel.models()[0]!.reason;
}

test("a published model's name, where there is no folder, fails with the command that fetches it, and where to", async () => {
  expect(await reason("lark-v2")).toBe(
    `There is no folder "lark-v2". Name a folder that holds a model. Birds/Lark_V2 is published under that name. ` +
      "Fetch it, then launch the folder models/lark-v2:\n" +
      "  hf download Birds/Lark_V2 --revision a1b2 --local-dir models/lark-v2",
  );
});

test("the repository's name is as good, in any case, and files that are not read stay there", async () => {
  expect(await reason("birds/Heron")).toMatch(
    /Fetch it once its licence is accepted there, then launch the folder models\/heron:\n {2}hf download Birds\/heron --revision main --include "\*\.json" --include "model\.safetensors" --local-dir models\/heron$/,
  );
});

test("a path that ends with the name is the folder to fetch into", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kindred my models "));
  expect(await reason(join(folder, "lark-v2"))).toMatch(
    new RegExp(`--local-dir "${folder}/lark-v2"$`),
  );
  await rm(folder, { recursive: true });
});

test("nothing is to be fetched for a name that nobody knows, nor for what is there", async () => {
  expect(await reason("models/wren")).toBe(
    'There is no folder "models/wren". Name a folder that holds a model.',
  );
  const folder = await mkdtemp(join(tmpdir(), "kindred-file-"));
  await writeFile(join(folder, "lark-v2"), "");
  expect(await reason(join(folder, "lark-v2"))).toMatch(
    / is a file, and not a \.safetensors, \.pth or \.onnx file\. Name the folder that holds the model\.$/,
  );
  await rm(folder, { recursive: true });
});
