import { expect, test } from "vitest";
import { openClipTokenizer } from "../../src/prompt/clip-tokenizer.ts";
import { asFolder } from "../../src/single-file/as-folder.ts";
import { clipTokenizerFolder } from "../../src/single-file/tokenizer-folder.ts";
import golden from "../golden/single-file/tokenizer.json" with { type: "json" };
import { looseListing, models } from "./golden.ts";

function folderOf(model: string, others: readonly string[] = []) {
  const listing = looseListing("x", { "x.safetensors": models[model]!.shapes }, others);
  return asFolder({ ...listing, id: "x", path: "/models" });
}

test.each([
  ["sd15", "tokenizer", golden.sd15],
  ["sd21", "tokenizer", golden.sd21],
  ["xl", "tokenizer", golden.xl],
  ["xl", "tokenizer_2", golden.xl_2],
])(
  "a file of %s has CLIP's vocabulary in %s, with the ids of transformers",
  async (model, directory, { size, padding, ids }) => {
    const folder = clipTokenizerFolder(folderOf(model), directory);
    await using tokenizer = await openClipTokenizer(folder);
    const facts = { start: 49_406, end: 49_407, maxTokens: 77 };
    expect(tokenizer).toMatchObject({ vocabularySize: size, padding, ...facts });
    const found = await tokenizer.encode(golden.texts);
    expect(found.map((each) => [...each.ids])).toEqual(ids);
  },
);

test.each([
  ["sd15", "tokenizer", "vocab.json"],
  ["sd15", "tokenizer", "tokenizer.json"],
  ["xl", "tokenizer_2", "vocab.json"],
  ["xl", "tokenizer_2", "tokenizer.json"],
])("a tokenizer beside the file of %s wins: %s/%s", (model, directory, name) => {
  const { path } = clipTokenizerFolder(folderOf(model, [`${directory}/${name}`]), directory);
  expect(path).toBe(`/models/${directory}`);
});

test("one tokenizer beside a file of two leaves the other the shipped vocabulary", () => {
  const folder = folderOf("xl", ["tokenizer/vocab.json"]);
  expect(clipTokenizerFolder(folder, "tokenizer").path).toBe("/models/tokenizer");
  expect(clipTokenizerFolder(folder, "tokenizer_2").path).toMatch(/assets.clip$/);
});

test("a folder of diffusers' has no tokenizer but its own", () => {
  const folder = { id: "x", path: "/models", names: ["x"], files: [], json: () => undefined };
  expect(clipTokenizerFolder(folder, "tokenizer").path).toBe("/models/tokenizer");
});
