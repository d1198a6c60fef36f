import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { add, graph, openSafetensors } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { folder, run, safetensors } from "./run.ts";

const index = "model.safetensors.index.json";
const first = safetensors({ a: { shape: [2], values: [1, 2] } });
const second = safetensors({ b: { shape: [2], values: [10, 20] } });
let root: string;

beforeEach(async () => {
  root = await folder();
});

async function openIndex(content: unknown): Promise<Weights> {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await writeFile(join(root, index), text);
  return openSafetensors(root, index);
}

async function sum(weights: Weights): Promise<number[]> {
  const g = graph("test", weights);
  g.output("y", add(g, g.weight("a", [2]), g.weight("b", [2])));
  return (await run(g.build(), {})).values;
}

function refused(weights: Promise<Weights>, message: RegExp): Promise<void> {
  return expect(weights).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(message),
  });
}

test("a sharded checkpoint opens as one", async () => {
  await writeFile(join(root, "1.safetensors"), first);
  await writeFile(join(root, "2.safetensors"), second);
  const weights = await openIndex({ weight_map: { a: "1.safetensors", b: "2.safetensors" } });
  expect(weights.folder).toBe(root);
  expect(await sum(weights)).toEqual([11, 22]);
});

test("shards behind links in several folders are opened from the folder they share", async () => {
  for (const [name, bytes] of Object.entries({ "blobs/x": first, "other/blobs/y": second })) {
    await mkdir(join(root, name, ".."), { recursive: true });
    await writeFile(join(root, name), bytes);
  }
  await symlink("blobs/x", join(root, "1.safetensors"));
  await symlink("other/blobs/y", join(root, "2.safetensors"));
  const weights = await openIndex({ weight_map: { a: "1.safetensors", b: "2.safetensors" } });
  expect(weights.folder).toBe(root);
  expect(weights.get("b")).toMatchObject({ location: "other/blobs/y" });
  expect(await sum(weights)).toEqual([11, 22]);
});

test("a tensor that two shards have is taken from the shard that the index names", async () => {
  await writeFile(join(root, "1.safetensors"), first);
  const both = {
    a: { shape: [2], values: [7, 7] },
    b: { shape: [2], values: [10, 20] },
  };
  await writeFile(join(root, "2.safetensors"), safetensors(both));
  const weights = await openIndex({ weight_map: { a: "1.safetensors", b: "2.safetensors" } });
  expect(await sum(weights)).toEqual([11, 22]);
});

test.each(["../1.safetensors", "/etc/passwd", "x/../../1.safetensors", 3])(
  "a shard at %j is refused",
  (file) => refused(openIndex({ weight_map: { a: file } }), /"a" is in .*not a file of its folder/),
);

test("a shard without a tensor that the index places in it is refused", async () => {
  await writeFile(join(root, "1.safetensors"), first);
  await refused(
    openIndex({ weight_map: { a: "1.safetensors", b: "1.safetensors" } }),
    /"b" is in "1\.safetensors"/,
  );
});

test("a shard that is not there is refused by name", () =>
  refused(openIndex({ weight_map: { a: "1.safetensors" } }), /1\.safetensors/));

test.each([
  ["not json", "{"],
  ["without a weight_map", {}],
  ["empty", { weight_map: {} }],
])("an index that is %s is refused", (_, content) => refused(openIndex(content), /index\.json/));

test("an index that names a tensor twice is refused", async () => {
  await writeFile(join(root, "1.safetensors"), first);
  await refused(openIndex(`{"weight_map":{"a":"1.safetensors","a":"1.safetensors"}}`), /"a" twice/);
});
