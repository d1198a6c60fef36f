import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FoundModel } from "../../src/model-source.ts";
import { folderSource } from "../../src/sources/folder-source.ts";
import { synthesize } from "../../src/testing/synthetic.ts";

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "kindred-file-")));
  const extra = [
    { name: "b", shape: [2, 3], dtype: "F16" },
    { name: "a", shape: [], dtype: "F32" },
  ] as const;
  await synthesize({ file: join(root, "fox v1.5.safetensors"), build: () => undefined, extra });
  await writeFile(join(root, "other.json"), "{}");
});
afterAll(() => rm(root, { recursive: true }));

const call = { signal: new AbortController().signal, onEvent: () => {} };

function find(file: string): Promise<FoundModel> {
  return folderSource.find(join(root, file), call);
}

test("a file is a model of one file, called by its name without extension", async () => {
  const model = await find("fox v1.5.safetensors");
  expect(model.names).toEqual(["fox v1.5"]);
  expect(model.files).toEqual(["fox v1.5.safetensors"]);
  expect(model.json("other.json")).toBeUndefined();
  expect(model.size("fox v1.5.safetensors")).toBeGreaterThan(16);
  expect(model.size("other.json")).toBe(0);
  expect(await model.fetch(model.files, call)).toBe(root);
});

test("a file of PyTorch's, and a graph, are models too", async () => {
  for (const file of ["up.pth", "up.onnx"]) {
    await writeFile(join(root, file), "");
    const model = await find(file);
    expect([model.names, model.files]).toEqual([["up"], [file]]);
    await rm(join(root, file));
  }
});

test("a header says names, types and shapes, of a file and of a folder's", async () => {
  const file = await find("fox v1.5.safetensors");
  const folder = await folderSource.find(root, call);
  for (const model of [file, folder]) {
    const header = model.header!("fox v1.5.safetensors")!;
    expect(Object.fromEntries(header.tensors)).toEqual({
      a: { dtype: "F32", shape: [] },
      b: { dtype: "F16", shape: [2, 3] },
    });
    expect(header.metadata).toEqual({ format: "pt" });
    expect(model.header!("fox v1.5.safetensors")).toBe(header);
    expect(model.header!("other.json")).toBeUndefined();
    expect(model.header!("../x.safetensors")).toBeUndefined();
  }
});

test("a header that is not sound is LOAD_FAILED with the file", async () => {
  await writeFile(join(root, "short.safetensors"), "");
  await truncate(join(root, "short.safetensors"), 12);
  const model = await find("short.safetensors");
  expect(() => model.header!("short.safetensors")).toThrow(/short\.safetensors/);
});

test("a file of Hugging Face's cache goes by its repository's name first, and links are followed", async () => {
  const snapshot = join(root, "models--acme--fox/snapshots/5c38ec7c");
  await mkdir(snapshot, { recursive: true });
  await symlink(join(root, "fox v1.5.safetensors"), join(snapshot, "fox-pruned.safetensors"));
  const model = await find("models--acme--fox/snapshots/5c38ec7c/fox-pruned.safetensors");
  expect(model.names).toEqual(["acme/fox", "fox-pruned"]);
  expect(model.header!("fox-pruned.safetensors")!.tensors.size).toBe(2);
  expect(await model.fetch(model.files, call)).toBe(snapshot);
});

test("a GGUF file is refused by its first bytes, whatever its name", async () => {
  for (const name of ["fox.gguf", "fox.bin"]) {
    await writeFile(join(root, name), "GGUF\u0003\u0000\u0000\u0000");
    await expect(find(name)).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/is a GGUF file, which Kindred does not read/),
    });
  }
});

test("a pickle is a model that families may say something about", async () => {
  await writeFile(join(root, "fox.ckpt"), "PK\u0003\u0004");
  expect(await find("fox.ckpt")).toMatchObject({ names: ["fox"], files: ["fox.ckpt"] });
});

test("another file is refused, and what is not there too", async () => {
  await expect(find("other.json")).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(
      /is a file, and not a \.safetensors, \.pth or \.onnx file\. Name the folder/,
    ),
  });
  await expect(find("nowhere.safetensors")).rejects.toThrow(/There is no folder/);
});
