import { expect, test } from "vitest";
import { extensionFor, numbered, safeName } from "../src/file-names.ts";

test.each([
  ["demo-image", "demo-image"],
  ["BAAI/bge-small-en-v1.5", "BAAI-bge-small-en-v1.5"],
  ["../../etc/passwd", "etc-passwd"],
  [".hidden", "hidden"],
  ["a b:c*d?e\0f\ng", "a-b-c-d-e-f-g"],
  ["模型/狐", "模型-狐"],
  ["C:\\models\\fox", "C-models-fox"],
  ["///", "model"],
  ["", "model"],
  ["x".repeat(300), "x".repeat(100)],
])("the id %j is %j in a file's name", (id, name) => {
  expect(safeName(id)).toBe(name);
});

test("an extension is the media type's", () => {
  expect(["image/png", "image/svg+xml", "audio/wav", "nonsense"].map(extensionFor)).toEqual([
    "png",
    "svg",
    "wav",
    "bin",
  ]);
});

test("a number stands before the extension", () => {
  expect([numbered("a.b/fox.png", 2), numbered("fox", 1)]).toEqual([
    { stem: "a.b/fox-2", extension: "png" },
    { stem: "fox-1", extension: "" },
  ]);
});
