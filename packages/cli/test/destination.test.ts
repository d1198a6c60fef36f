import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkWritable, destinationOf, inFolder } from "../src/destination.ts";
import { UsageError } from "../src/usage-error.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-destination-"));
  await mkdir(join(root, "folder"));
  await writeFile(join(root, "file"), "");
  await symlink("folder", join(root, "link"));
  await symlink("nowhere", join(root, "broken"));
});
afterAll(() => rm(root, { recursive: true }));

test("without -o it is the current folder", () => {
  expect(destinationOf(undefined)).toEqual({ folder: "." });
  expect(inFolder({ folder: "." }, "a.png")).toBe("a.png");
});

test.each(["folder", "folder/", "link", "."])("%j is a folder that takes files", (name) => {
  const path = `${root}/${name}`;
  expect(destinationOf(path)).toEqual({ folder: path });
  expect(inFolder({ folder: path }, "a.png")).toBe(join(path, "a.png"));
});

test.each(["file", "new.png", "link/new.png", "broken"])("%j is a file", (name) => {
  const path = join(root, name);
  expect(destinationOf(path).file).toBe(path);
});

test.each([
  ["nowhere/", "does not exist"],
  ["nowhere/a.png", "does not exist"],
  ["broken/a.png", "does not exist"],
  ["file/", "is a file"],
  ["file/a.png", "is a file"],
])("%j is refused: it %s", (name, flaw) => {
  expect(() => destinationOf(`${root}/${name}`)).toThrow(UsageError);
  expect(() => destinationOf(`${root}/${name}`)).toThrow(flaw);
});

test("an empty name is refused", () => {
  expect(() => destinationOf("")).toThrow(UsageError);
});

test("a place that can be written to is fine, one that is gone is not", async () => {
  for (const name of ["folder", "file", "new.png"]) {
    await checkWritable(destinationOf(join(root, name)));
  }
  await expect(checkWritable({ folder: join(root, "gone") })).rejects.toThrow(/ENOENT.* -o\./);
});
