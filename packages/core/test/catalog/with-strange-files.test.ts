import { execFileSync } from "node:child_process";
import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KernelError } from "../../src/errors.ts";
import type { ModelFamily } from "../../src/family.ts";
import { createKernel } from "../../src/kernel.ts";

const family: ModelFamily = {
  name: "bird",
  task: { name: "sing" },
  match: (model) => (model.files.includes("config.json") ? "own" : false),
  files(model) {
    if (model.files.includes("model.safetensors")) return model.files;
    throw new KernelError("LOAD_FAILED", "There is no model.safetensors.");
  },
  load: async () => ({ run: async () => "la" }),
};

/** Why a folder of these files and broken links is not served. */
async function reason(files: readonly string[], links: readonly string[]): Promise<unknown> {
  const source = await mkdtemp(join(tmpdir(), "kindred-links-"));
  for (const file of files) await writeFile(join(source, file), "{}");
  for (const link of links) await symlink(`../../blobs/${link}`, join(source, link));
  await using kernel = await createKernel({
    plugins: [{ contract: 1, name: "birds", families: [family] }],
    models: [{ id: "lark", source }],
  });
  return kernel.models()[0]!.reason;
}

test("a load that fails names the links of its folder that lead nowhere", async () => {
  expect(await reason(["config.json"], ["model.safetensors"])).toBe(
    'There is no model.safetensors. "model.safetensors" of its folder is a link to what is not there. Copy or mount the target too.',
  );
  expect(await reason([], ["config.json", "model.safetensors"])).toMatch(
    /^No family recognises .* "config\.json" and 1 more of its files are links to what is not there\./,
  );
});

test("links that lead nowhere do not matter to a model that loads, nor are they told where there are none", async () => {
  expect(await reason(["config.json", "model.safetensors"], ["README.md"])).toBeUndefined();
  expect(await reason(["config.json"], [])).toBe("There is no model.safetensors.");
});

test("a load that fails names the files of its folder that are none, whatever links to them", async () => {
  const source = await mkdtemp(join(tmpdir(), "kindred-pipes-"));
  execFileSync("mkfifo", [join(source, "model.safetensors")]);
  await writeFile(join(source, "config.json"), "{}");
  await using kernel = await createKernel({
    plugins: [{ contract: 1, name: "birds", families: [family] }],
    models: [{ id: "lark", source }],
  });
  expect(kernel.models()[0]!.reason).toBe(
    'There is no model.safetensors. "model.safetensors" of its folder is a named pipe, a socket or a device, which is not read. Put a regular file in its place.',
  );
  await symlink("/dev/zero", join(source, "vocab.txt"));
  await expect(kernel.load({ id: "lark", source })).rejects.toThrow(
    /"model\.safetensors" and 1 more of its files are named pipes, sockets or devices/,
  );
});
