import { homedir, tmpdir } from "node:os";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { withoutServerPaths } from "../src/server-paths.ts";
import { models } from "./stand-in.ts";

const at = (source: string) =>
  withoutServerPaths({ models: () => [{ ...models[0]!, source: resolve(source) }] });
const tell = at("/srv/My Models/sd");

test.each([
  ['"/srv/My Models/sd/unet/config.json" is not JSON.', '"unet/config.json" is not JSON.'],
  ['There is no folder "/srv/My Models/sd".', 'There is no folder "sd".'],
  [
    "Load model from /srv/My Models/sd/unet/model.onnx failed.",
    "Load model from unet/model.onnx failed.",
  ],
  [
    "ENOENT: no such file, open '/home/me/my own/x.json'. Look.",
    "ENOENT: no such file, open 'x.json'. Look.",
  ],
  ["No family recognises /tmp/models/x, which holds", "No family recognises x, which holds"],
  ["It is in /usr/lib/x.so.", "It is in x.so."],
  ['There is no folder "..//srv/My Models/sd".', 'There is no folder "..//srv/My Models/sd".'],
  ["at file:///home/me/app/child.js:12:3", "at child.js:12:3"],
  ["/onnxruntime_src/onnxruntime/core/graph/model.cc:202 failed", "model.cc:202 failed"],
  ["D:\\a\\_work\\1\\s\\onnxruntime\\model.cc:202 failed", "model.cc:202 failed"],
  ['"C:\\My Models\\sd\\config.json" is not there', '"config.json" is not there'],
  [`it wrote to ${tmpdir()}/x and ${homedir()}/y`, "it wrote to x and y"],
])("%j is told as %j", (text, told) => {
  expect(tell(text)).toBe(told);
});

test.each([
  "/v1/embeddings does not stream.",
  "There is no GET /v1/other/path here.",
  "Ask for image/png, and/or image/webp at https://example.org/home/page.",
  "input[3] has 600 tokens; the model takes 512.",
  "a ratio of 1/2 or w/o",
])("%j has no path of the server", (text) => {
  expect(tell(text)).toBe(text);
});

test.each([
  "root:x:0:0:root:/root:/bin/bash",
  "short",
  '{"a": b, "c": "d e f g h i j k"}',
  "[1, 2",
])("no more than nine characters of %j are quoted", (text) => {
  let message = "";
  try {
    JSON.parse(text);
  } catch (error) {
    message = tell(`"/etc/x.json" is not JSON: ${(error as Error).message}. Fetch it again.`);
  }
  expect(message).toMatch(/^"x\.json" is not JSON: .*\. Fetch it again\.$/s);
  for (let i = 0; i + 10 <= text.length; i++) expect(message).not.toContain(text.slice(i, i + 10));
});

test("a root that is a folder of a model is no reason to take slashes away", () => {
  expect(at("/")("/v1/embeddings takes image/png")).toBe("/v1/embeddings takes image/png");
});
