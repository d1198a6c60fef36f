import { mkdtemp, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KernelError } from "../../src/errors.ts";
import type { ModelFamily, ModelFolder } from "../../src/family.ts";
import { createKernel } from "../../src/kernel.ts";

async function folderOf(files: readonly string[]): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "kindred-attach-")));
  for (const file of files) await writeFile(join(folder, file), '{"kind":"perch"}');
  return folder;
}

/** The folder that a load attached, or the reason of its failure. */
async function attached(source: string): Promise<ModelFolder | string> {
  let found: ModelFolder | undefined;
  const family: ModelFamily<any, { readonly perch: string }> = {
    name: "bird",
    task: { name: "sing" },
    match: () => "own",
    options: {
      "~standard": { version: 1, vendor: "test", validate: (value: any) => ({ value }) },
    },
    async load({ attach, options }) {
      found = await attach(options.perch, (model) => {
        if (model.files.includes("perch.json")) return ["perch.json"];
        throw new KernelError("LOAD_FAILED", `"${model.id}" has no perch.json.`);
      });
      return { run: async () => "la" };
    },
  };
  await using kernel = await createKernel({
    plugins: [{ contract: 1, name: "birds", families: [family] }],
    models: [{ id: "lark", source: await folderOf(["lark.json"]), options: { perch: source } }],
  });
  return kernel.models()[0]!.reason ?? found!;
}

test("a load opens another model's folder, of which it chooses files", async () => {
  const perch = await folderOf(["notes.json", "perch.json"]);
  const found = (await attached(perch)) as ModelFolder;
  expect(found).toMatchObject({ id: "lark", path: perch, files: ["perch.json"] });
  expect(found.json("perch.json")).toEqual({ kind: "perch" });
});

test("a model that is not there, or lacks a file, fails the load with the reason", async () => {
  const nowhere = join(tmpdir(), "kindred-nowhere");
  expect(await attached(nowhere)).toMatch(/^There is no folder ".*kindred-nowhere"/);
  const empty = await folderOf([]);
  expect(await attached(empty)).toBe('"lark" has no perch.json.');
  await symlink("../gone", join(empty, "perch.json"));
  expect(await attached(empty)).toMatch(
    /perch\.json" of its folder is a link to what is not there/,
  );
});
