import { expect, test } from "vitest";
import { hubName } from "../../src/hub/index.ts";

const heron = {
  name: "heron-v2",
  aliases: ["old-birds/heron"],
  repo: "Birds/Heron_V2",
  revision: "a1b2",
  include: ["*.json"],
};

test.each([
  ["birds/lark", "birds/lark", "main"],
  ["birds/lark-v1.5@refs/pr/1", "birds/lark-v1.5", "refs/pr/1"],
  ["heron-v2", "Birds/Heron_V2", "a1b2"],
  ["birds/heron_v2", "Birds/Heron_V2", "a1b2"],
  ["old-birds/heron", "Birds/Heron_V2", "a1b2"],
  ["heron-v2@main", "Birds/Heron_V2", "main"],
])("%s is %s at %s", (source, repo, revision) => {
  expect(hubName(source, [heron])).toMatchObject({ repo, revision });
});

test("a checkpoint's patterns come with its name", () => {
  expect(hubName("heron-v2", [heron])?.include).toEqual(["*.json"]);
  expect(hubName("birds/lark", [heron])?.include).toEqual([]);
});

test.each([
  "lark",
  "/birds/lark",
  "./birds/lark",
  "~/lark",
  "models/lark",
  "birds/lark/onnx",
  "birds/..",
  "../lark",
  "birds--x/lark",
  "birds/lark@../../x",
  "birds/lark@",
  "C:\\birds",
])("%s is no name", (source) => {
  expect(hubName(source, [heron])).toBeUndefined();
});

const owl = { ...heron, modelscope: { repo: "ms-birds/Owl" } };

test.each([
  ["heron-v2", "ms-birds/Owl", "master"],
  ["heron-v2@v1", "ms-birds/Owl", "v1"],
  ["ms-birds/owl", "ms-birds/Owl", "master"],
  // A name with an owner is ModelScope's own, also where Hugging Face has one of that name.
  ["Birds/Heron_V2", "Birds/Heron_V2", "master"],
  ["old-birds/heron", "old-birds/heron", "master"],
  ["birds/lark", "birds/lark", "master"],
])("at ModelScope %s is %s at %s", (source, repo, revision) => {
  expect(hubName(source, [owl], "modelscope")).toMatchObject({ repo, revision });
});

test("a checkpoint that is not known to be at ModelScope has no name there", () => {
  expect(hubName("heron-v2", [heron], "modelscope")).toBeUndefined();
  expect(hubName("ms-birds/owl", [owl])?.repo).toBe("ms-birds/owl");
});
