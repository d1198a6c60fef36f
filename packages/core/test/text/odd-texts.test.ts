import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTokenizer } from "@kindred/core/text";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openModelFolder } from "../../src/sources/model-folder.ts";
import golden from "../golden/odd-texts.json" with { type: "json" };
import { layoutFolder, layoutsOf } from "./layouts.ts";

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "kindred-odd-"));
});
afterAll(() => rm(parent, { recursive: true }));

const ids: Readonly<Record<string, readonly string[]>> = golden.ids;

test("there are more than 700 odd texts", () => {
  expect(new Set(golden.texts).size).toBeGreaterThan(700);
});

test.each(Object.entries(layoutsOf("plain")))(
  "%s gives transformers' ids for all odd texts",
  async (name, layout) => {
    const folder = await openModelFolder(await layoutFolder(parent, name, layout));
    await using tokenizer = await openTokenizer(folder);
    const encoded = await tokenizer.encode(golden.texts);
    const found = encoded.map((tokens, i) => [golden.texts[i], tokens.ids.join(" ")]);
    const [kind = ""] = name.split(" ");
    expect(found).toEqual(ids[kind]!.map((each, i) => [golden.texts[i], each]));
  },
);
