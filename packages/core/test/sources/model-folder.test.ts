import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { leastWeightBytes } from "../../src/sources/least-weight-bytes.ts";
import { openModelFolder } from "../../src/sources/model-folder.ts";

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "kindred-folder-"));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(root, file, ".."), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return root;
}

test("files are listed sorted and by relative path, hidden ones left out", async () => {
  const root = await folder({ "b/c.json": "{}", "a.json": "{}", ".git/config": "" });
  expect((await openModelFolder(root)).files).toEqual(["a.json", "b/c.json"]);
});

test("links of the Hugging Face cache are files like others", async () => {
  const root = await folder({ "blobs/1": '{"a": 1}', "snapshots/main/other.json": "{}" });
  await symlink("../../blobs/1", join(root, "snapshots/main/config.json"));
  await symlink("../../blobs/nowhere", join(root, "snapshots/main/broken.json"));
  const model = await openModelFolder(join(root, "snapshots/main"));
  expect(model.files).toEqual(["config.json", "other.json"]);
  expect(model.json("config.json")).toEqual({ a: 1 });
});

test("JSON is parsed once; what is absent is undefined; what is broken is LOAD_FAILED with its path", async () => {
  const model = await openModelFolder(await folder({ "a.json": "{}", "b.json": "{,}" }));
  expect(model.json("a.json")).toBe(model.json("a.json"));
  expect(model.json("none.json")).toBeUndefined();
  expect(model.json("../a.json")).toBeUndefined();
  expect(() => model.json("b.json")).toThrow(/b\.json" is not JSON/);
});

test.each([
  ["brackets", "[]", "arrays and objects"],
  ["keys", '{"a":1}', "keys"],
  ["numbers", "1", "values"],
])("JSON of a million %s is refused before it is parsed", async (_, part, named) => {
  const parts = `[${Array.from({ length: 1_000_000 }, () => part).join()}]`;
  const model = await openModelFolder(await folder({ "config.json": parts }));
  const start = performance.now();
  expect(() => model.json("config.json")).toThrow(named);
  expect(performance.now() - start).toBeLessThan(2000);
});

test("JSON that is nested a thousand times is refused", async () => {
  const nested = "[".repeat(1000) + "]".repeat(1000);
  const model = await openModelFolder(await folder({ "config.json": nested }));
  expect(() => model.json("config.json")).toThrow(/nests them deeper than 100/);
});

test("JSON of more than 10 MB is not read", async () => {
  const root = await folder({ "config.json": "{}" });
  await truncate(join(root, "config.json"), 10_000_001);
  const model = await openModelFolder(root);
  expect(() => model.json("config.json")).toThrow(/10000001 bytes, and at most 10000000 are read/);
});

test("named pipes, and links to devices, are no files", async () => {
  const root = await folder({ "config.json": "{}" });
  execFileSync("mkfifo", [join(root, "vocab.txt"), join(root, "pipe")]);
  await symlink("/dev/zero", join(root, "tokenizer.json"));
  await symlink("pipe", join(root, "merges.txt"));
  expect((await openModelFolder(root)).files).toEqual(["config.json"]);
});

test("a named pipe that takes a file's place is refused, and nothing waits for who writes to it", async () => {
  const root = await folder({ "config.json": "{}", "a.safetensors": "" });
  const model = await openModelFolder(root);
  for (const file of ["config.json", "a.safetensors"]) {
    await rm(join(root, file));
    execFileSync("mkfifo", [join(root, file)]);
  }
  expect(() => model.json("config.json")).toThrow(
    /config.json" cannot be read: it is a named pipe/,
  );
  expect(() => model.header!("a.safetensors")).toThrow(/cannot be opened: it is a named pipe/);
});

test("a message quotes nothing of a file that is not JSON", async () => {
  const model = await openModelFolder(await folder({ "config.json": "root:x:0:0" }));
  expect(() => model.json("config.json")).toThrow(/^"config.json" is not JSON\. Fetch it again\.$/);
});

test("bare infinities, as Python writes them, are read", async () => {
  const root = await folder({ "a.json": '{"low": -Infinity, "all": [Infinity, "Infinity"]}' });
  const model = await openModelFolder(root);
  expect(model.json("a.json")).toEqual({ low: -Infinity, all: [Infinity, "Infinity"] });
});

test("a path that is no folder is LOAD_FAILED", async () => {
  const root = await folder({ "a.json": "{}" });
  await expect(openModelFolder(join(root, "none"))).rejects.toMatchObject({
    code: "LOAD_FAILED",
  });
  await expect(openModelFolder(join(root, "a.json"))).rejects.toThrow(/is a file/);
});

test("the least that weights need at once counts one variant of each component, and the largest of those", async () => {
  const root = await folder({
    "unet/a.safetensors": "",
    "unet/a.fp16.safetensors": "",
    "vae/a.safetensors": "",
  });
  await truncate(join(root, "unet/a.safetensors"), 1000);
  await truncate(join(root, "unet/a.fp16.safetensors"), 500);
  await truncate(join(root, "vae/a.safetensors"), 200);
  expect(leastWeightBytes(await openModelFolder(root))).toBe(500);
});

test("files of PyTorch's weights count as weights, and other .bin files do not", async () => {
  const root = await folder({ "pytorch_model.bin": "", "optimizer.bin": "", "linear.pt": "" });
  await truncate(join(root, "pytorch_model.bin"), 1000);
  expect(leastWeightBytes(await openModelFolder(root))).toBe(1000);
});

test("a folder goes by its own name, and in the Hugging Face cache by its repository's first", async () => {
  const root = await folder({ "models--acme--known/snapshots/abc123/config.json": "{}" });
  const snapshot = await openModelFolder(join(root, "models--acme--known/snapshots/abc123"));
  expect(snapshot.names).toEqual(["acme/known", "abc123"]);
  expect((await openModelFolder(root)).names).toEqual([basename(root)]);
  await symlink(join(root, "models--acme--known/snapshots/abc123"), join(root, "my-link"));
  const link = await openModelFolder(join(root, "my-link"));
  expect(link.names).toEqual(["acme/known", "my-link", "abc123"]);
});

test("a component's folder that is a link is followed, also where two are links to one", async () => {
  const root = await folder({ "m/config.json": "{}", "shared/deep/a.json": '{"a": 1}' });
  await symlink("../shared", join(root, "m/text_encoder"));
  await symlink(join(root, "shared"), join(root, "m/text_encoder_2"));
  const model = await openModelFolder(join(root, "m"));
  expect(model.files).toEqual([
    "config.json",
    "text_encoder/deep/a.json",
    "text_encoder_2/deep/a.json",
  ]);
  expect(model.json("text_encoder_2/deep/a.json")).toEqual({ a: 1 });
  expect(model.size("text_encoder/deep/a.json")).toBe(8);
});

test.each([
  ["its own folder", "."],
  ["the folder above", "../.."],
  ["the root of all files", "/"],
  ["a link to itself", "loop"],
])("a link to %s ends", async (_, target) => {
  const root = await folder({ "m/config.json": "{}", "m/unet/a.json": "{}" });
  await symlink(target, join(root, "m/unet/loop"));
  expect((await openModelFolder(join(root, "m"))).files).toEqual(["config.json", "unet/a.json"]);
});

test("folders that lead to each other by links end", async () => {
  const root = await folder({ "m/a/1.json": "{}", "n/b/2.json": "{}" });
  await symlink("../../n", join(root, "m/a/n"));
  await symlink("../../m", join(root, "n/b/m"));
  expect((await openModelFolder(join(root, "m"))).files).toEqual(["a/1.json", "a/n/b/2.json"]);
});

test("folders that multiply by links are refused", async () => {
  const root = await folder({ "m/1.json": "{}" });
  for (let depth = 0; depth < 20; depth++) {
    await mkdir(join(root, `${depth + 1}`));
    for (const name of ["a", "b"]) {
      await symlink(`../${depth + 1}`, join(root, depth === 0 ? "m" : `${depth}`, name));
    }
  }
  await expect(openModelFolder(join(root, "m"))).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(/more than 10000 files and folders/),
  });
});

test("links that lead nowhere are named beside the files", async () => {
  const root = await folder({ "config.json": "{}" });
  await symlink("../../blobs/1", join(root, "model.safetensors"));
  const { files, brokenLinks } = await openModelFolder(root);
  expect({ files, brokenLinks }).toEqual({
    files: ["config.json"],
    brokenLinks: ["model.safetensors"],
  });
});
