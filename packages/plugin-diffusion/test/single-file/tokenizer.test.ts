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

test.each(["sd15", "sd21"] as const)(
  "a file of %s has CLIP's vocabulary, with the ids of transformers",
  async (model) => {
    const folder = clipTokenizerFolder(folderOf(model), "tokenizer");
    await using tokenizer = await openClipTokenizer(folder);
    const { size, padding, ids } = golden[model];
    const facts = { start: 49_406, end: 49_407, maxTokens: 77 };
    expect(tokenizer).toMatchObject({ vocabularySize: size, padding, ...facts });
    const found = await tokenizer.encode(golden.texts);
    expect(found.map((each) => [...each.ids])).toEqual(ids);
  },
);

test.each(["vocab.json", "tokenizer.json"])("a tokenizer beside the file wins: %s", (name) => {
  const { path } = clipTokenizerFolder(folderOf("sd15", [`tokenizer/${name}`]), "tokenizer");
  expect(path).toBe("/models/tokenizer");
});

test("a folder of diffusers' has no tokenizer but its own", () => {
  const folder = { id: "x", path: "/models", names: ["x"], files: [], json: () => undefined };
  expect(clipTokenizerFolder(folder, "tokenizer").path).toBe("/models/tokenizer");
});
