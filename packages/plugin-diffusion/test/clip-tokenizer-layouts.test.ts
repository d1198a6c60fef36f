import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openModelFolder } from "@kindred/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openClipTokenizer } from "../src/prompt/clip-tokenizer.ts";
import type { ClipTokenizer } from "../src/prompt/clip-tokenizer.ts";
import { layoutFolder, layoutsOf } from "./clip-tokenizer-layouts.ts";
import type { Layout } from "./clip-tokenizer-layouts.ts";
import added from "./golden/added-tokens.json" with { type: "json" };
import odd from "./golden/odd-texts.json" with { type: "json" };

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "kindred-clip-layouts-"));
});
afterAll(() => rm(parent, { recursive: true }));

async function opened(layout: Layout): Promise<ClipTokenizer> {
  return openClipTokenizer(await openModelFolder(await layoutFolder(parent, layout)));
}

async function idsOf(tokenizer: ClipTokenizer, texts: readonly string[]): Promise<string[]> {
  return (await tokenizer.encode(texts)).map(({ ids }) => ids.join(" "));
}

const bare = { vocabulary: ["vocab.json", "merges.txt"], files: {} };

test("a token that was added to the tokenizer is one id of the prompt", async () => {
  await using without = await opened(bare);
  await using tokenizer = await opened({
    ...bare,
    files: { "added_tokens.json": { "<cat-toy>": 1637 } },
  });
  const prompt = "a <cat-toy> in the snow";
  const split = odd.ids.clip[odd.texts.indexOf(prompt)]!;
  expect(await idsOf(without, [prompt])).toEqual([split]);
  const whole = added.folders["by-hand"]["clip: Stable Diffusion 1.5 with a token"].ids[0]!;
  expect(await idsOf(tokenizer, [prompt])).toEqual([whole]);
  expect(split.split(" ").length - whole.split(" ").length).toBe(7);
});

describe.each(Object.entries(added.folders))(
  "added tokens as %s lays them out",
  (file, folders) => {
    test.each(Object.entries(folders))("%s: transformers' ids", async (name, recorded) => {
      await using tokenizer = await opened(layoutsOf(file)[name]!);
      expect(await idsOf(tokenizer, added.texts)).toEqual(recorded.ids);
      expect(tokenizer).toMatchObject({ vocabularySize: recorded.size, padding: recorded.padding });
    });
  },
);

test.each(Object.entries(layoutsOf("plain")))(
  "%s gives transformers' ids for more than 700 odd texts",
  async (_, layout) => {
    await using tokenizer = await opened(layout);
    const found = (await idsOf(tokenizer, odd.texts)).map((ids, i) => [odd.texts[i], ids]);
    expect(found).toEqual(odd.ids.clip.map((ids, i) => [odd.texts[i], ids]));
    expect(found.length).toBeGreaterThan(700);
  },
);

test("merges.txt may have Windows' line ends", async () => {
  const folder = await layoutFolder(parent, bare);
  const merges = await readFile(join(folder, "merges.txt"), "utf8");
  await writeFile(join(folder, "merges.txt"), merges.replaceAll("\n", "\r\n"));
  await using tokenizer = await openClipTokenizer(await openModelFolder(folder));
  expect(await idsOf(tokenizer, odd.texts)).toEqual(odd.ids.clip);
});

describe("a folder whose tokens cannot be honoured is LOAD_FAILED with the file and the field", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "an id after a gap",
      { "added_tokens.json": { "<cat-toy>": 1700 } },
      'added_tokens.json gives the token "<cat-toy>" the id 1700, and transformers gives it 1637',
    ],
    [
      "an end token that JavaScript has and the vocabulary lacks",
      { "tokenizer_config.json": { eos_token: "constructor" } },
      "there is no constructor, which texts need as eos_token",
    ],
  ])("%s", async (_, files, message) => {
    await expect(opened({ ...bare, files })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining(message),
    });
  });
});
