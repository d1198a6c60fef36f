import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openTokenizer } from "@kindred/core/text";
import type { PlacedTokens, Tokenizer } from "@kindred/core/text";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openModelFolder } from "../../src/sources/model-folder.ts";

interface Placed {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly offsets: readonly (readonly [number, number])[];
  /** The text of the ids without special tokens, and with them. */
  readonly decoded: string;
  readonly whole: string;
}
interface Folder {
  readonly file: "vocab.txt" | "tokenizer.json";
  readonly config: object;
  readonly texts: Readonly<Record<string, Placed>>;
}

const read = (file: string): any =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
const golden = read("../golden/placed-tokens.json");
const folders: Readonly<Record<string, Folder>> = golden.folders;
const texts: readonly string[] = Object.values(golden.texts);
const files = {
  "vocab.txt": fileURLToPath(new URL("../fixtures/text/vocab.txt", import.meta.url)),
  "tokenizer.json": fileURLToPath(
    new URL("../fixtures/tokenizer/xlm-roberta-tokenizer.json", import.meta.url),
  ),
};

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "kindred-placed-"));
});
afterAll(() => rm(parent, { recursive: true }));

async function opened({ file, config }: Omit<Folder, "texts">): Promise<Tokenizer> {
  const path = await mkdtemp(join(parent, "model-"));
  await cp(files[file], join(path, file));
  await writeFile(join(path, "tokenizer_config.json"), JSON.stringify(config));
  return openTokenizer(await openModelFolder(path));
}

function pairs({ offsets }: PlacedTokens): readonly (readonly number[])[] {
  return Array.from({ length: offsets.length / 2 }, (_, i) =>
    Array.from(offsets.subarray(2 * i, 2 * i + 2)),
  );
}

describe.each(Object.entries(folders))("%s, as transformers", (_, folder) => {
  const expected = Object.values(folder.texts);
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await opened(folder);
  });
  afterAll(() => tokenizer[Symbol.asyncDispose]());

  test("tells the tokens of texts and their places", async () => {
    const placed = await tokenizer.tokenize(texts);
    expect(placed.map(({ ids }) => [...ids])).toEqual(expected.map(({ ids }) => ids));
    expect(placed.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
    expect(placed.map(pairs)).toEqual(expected.map(({ offsets }) => offsets));
  });

  test("makes texts of ids, without special tokens and with them", async () => {
    const rows = expected.map(({ ids }) => ids);
    expect(await tokenizer.decode(rows)).toEqual(expected.map(({ decoded }) => decoded));
    expect(await tokenizer.decode(rows, { skipSpecialTokens: false })).toEqual(
      expected.map(({ whole }) => whole),
    );
  });
});

describe("a tokenizer", () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await opened(folders["bert"]!);
  });
  afterAll(() => tokenizer[Symbol.asyncDispose]());

  test("adds no special tokens when it is told so", async () => {
    const [placed] = await tokenizer.tokenize(["the JUMPING"], { specialTokens: false });
    expect(placed!.tokens).toEqual(["the", "jump", "##ing"]);
    expect(pairs(placed!)).toEqual([
      [0, 3],
      [4, 8],
      [8, 11],
    ]);
  });

  test("keeps the order of many texts, which cross in several messages", async () => {
    const many = Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? "the fox" : `quick ${i}`));
    const placed = await tokenizer.tokenize(many);
    for (const [i, { ids, tokens }] of placed.entries()) {
      const [alone] = await tokenizer.encode([many[i]!]);
      expect(ids).toEqual(alone!.ids);
      expect(tokens[1]).toBe(many[i]!.split(" ")[0]);
    }
    const decoded = await tokenizer.decode(placed.map(({ ids }) => [...ids]));
    expect(decoded[0]).toBe("the fox");
    expect(decoded[199]).toBe("quick 199");
  });

  test("does not truncate", async () => {
    const [placed] = await tokenizer.tokenize(["fox ".repeat(20_000)]);
    expect(placed!.ids).toHaveLength(20_002);
    expect(placed!.offsets.slice(-4)).toEqual(Int32Array.of(79_996, 79_999, 0, 0));
  });

  test("leaves out ids that it does not have", async () => {
    const [the] = (await tokenizer.encode(["the"], { specialTokens: false }))[0]!.ids;
    expect(await tokenizer.decode([[the!, 99_999], []])).toEqual(["the", ""]);
  });

  test("is aborted at once", async () => {
    const signal = AbortSignal.abort();
    await expect(tokenizer.tokenize(["a"], { signal })).rejects.toMatchObject({ code: "ABORTED" });
    await expect(tokenizer.decode([[1]], { signal })).rejects.toMatchObject({ code: "ABORTED" });
  });
});
