import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openTokenizer } from "@kindred/core/text";
import type { Tokenizer, Tokens } from "@kindred/core/text";
import { Tokenizer as Native } from "tokenizers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openModelFolder } from "../../src/sources/model-folder.ts";

interface Recorded {
  readonly config: object;
  readonly ids: Readonly<Record<string, readonly number[]>>;
  readonly bare: readonly number[];
  readonly truncated: Readonly<Record<string, readonly number[]>>;
  readonly pairs: Readonly<Record<string, readonly object[]>>;
}
interface Golden {
  readonly texts: Readonly<Record<string, string>>;
  readonly pairs: readonly (readonly [string, string])[];
  readonly configs: Readonly<Record<string, Recorded>>;
}

const vocabulary = fileURLToPath(new URL("../fixtures/text/vocab.txt", import.meta.url));
const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/text.json", import.meta.url), "utf8"),
);
const words = golden.texts["words"]!;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-text-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The tokenizer of a folder of these files beside vocab.txt. */
async function tokenizer(files: Readonly<Record<string, object>>): Promise<Tokenizer> {
  const path = await mkdtemp(join(folder, "model-"));
  await cp(vocabulary, join(path, "vocab.txt"));
  for (const [name, json] of Object.entries(files)) {
    await writeFile(join(path, name), JSON.stringify(json));
  }
  return openTokenizer(await openModelFolder(path));
}

/** The vocabulary as a tokenizer.json with traps: it truncates, it pads, and it lacks the folder's normalisation. */
async function asJson(): Promise<object> {
  const { wordPiece } = await import("../../src/text/process/word-piece.ts");
  const native: Native = wordPiece(readFileSync(vocabulary), {});
  native.setTruncation(4);
  native.setPadding({ maxLength: 16 });
  const file = join(folder, "tokenizer.json");
  native.save(file);
  return { ...JSON.parse(readFileSync(file, "utf8")), normalizer: null };
}

function ids({ ids }: Tokens): readonly number[] {
  return [...ids];
}

describe.each(Object.entries(golden.configs))("%s, as transformers", (_, recorded) => {
  const config = { tokenizer_class: "BertTokenizer", ...recorded.config };

  test.each(["vocab.txt", "tokenizer.json"])("tokenises texts from %s", async (file) => {
    const files = file === "vocab.txt" ? {} : { "tokenizer.json": await asJson() };
    const opened = await tokenizer({ ...files, "tokenizer_config.json": config });
    const encoded = await opened.encode(Object.values(golden.texts));
    expect(encoded.map(ids)).toEqual(Object.values(recorded.ids));
    const bare = await opened.encode([words], { specialTokens: false });
    expect(bare.map(ids)).toEqual([recorded.bare]);
  });

  test("truncates one text", async () => {
    const opened = await tokenizer({ "tokenizer_config.json": config });
    for (const [maxTokens, expected] of Object.entries(recorded.truncated)) {
      const [tokens] = await opened.encode([words], { maxTokens: Number(maxTokens) });
      expect([...tokens!.ids]).toEqual(expected);
      expect(tokens!.length).toBe(recorded.ids["words"]!.length);
    }
  });

  test("truncates the longer text of a pair first", async () => {
    const opened = await tokenizer({ "tokenizer_config.json": config });
    for (const [maxTokens, expected] of Object.entries(recorded.pairs)) {
      const encoded = await opened.encodePairs(golden.pairs, { maxTokens: Number(maxTokens) });
      const found = encoded.map(({ ids, typeIds }) => ({ ids: [...ids], typeIds: [...typeIds] }));
      expect(found).toEqual(expected);
    }
  });
});

describe("a tokenizer", () => {
  test("knows its vocabulary's size and the checkpoint's limit", async () => {
    const lines = readFileSync(vocabulary, "utf8").trimEnd().split("\n").length;
    const limited = await tokenizer({ "tokenizer_config.json": { model_max_length: 77 } });
    expect([limited.vocabularySize, limited.maxTokens]).toEqual([lines, 77]);
  });

  test("has no limit when transformers wrote its largest number", async () => {
    const unlimited = await tokenizer({ "tokenizer_config.json": { model_max_length: 1e30 } });
    expect(unlimited.maxTokens).toBeUndefined();
  });

  test("puts the same special tokens around ids as around their text", async () => {
    const opened = await tokenizer({});
    const [bare] = await opened.encode([words], { specialTokens: false });
    const [text, again] = await opened.encode([words, [...bare!.ids]]);
    expect(again).toEqual(text);
    const [pair] = await opened.encodePairs([[[...bare!.ids], words]]);
    expect(pair).toEqual((await opened.encodePairs([[words, words]]))[0]);
  });

  test("keeps the order of texts and ids over many native calls", async () => {
    const opened = await tokenizer({});
    const inputs = Array.from({ length: 200 }, (_, i) => (i % 3 ? "a".repeat(i) : [7 + i]));
    const together = await opened.encode(inputs);
    const apart = await Promise.all(inputs.map(async (each) => (await opened.encode([each]))[0]));
    expect(together).toEqual(apart);
  });

  test("opens a large vocabulary while the event loop turns", async () => {
    const pieces = ["[UNK]", ...Array.from({ length: 250_000 }, (_, i) => `piece${i}`)];
    const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
    const model = { type: "WordLevel", vocab, unk_token: "[UNK]" };
    const path = await mkdtemp(join(folder, "large-"));
    await writeFile(
      join(path, "tokenizer.json"),
      JSON.stringify({ version: "1.0", added_tokens: [], model }),
    );
    const turns = [performance.now()];
    const timer = setInterval(() => turns.push(performance.now()), 5);
    await using opened = await openTokenizer({ path, json: () => undefined });
    turns.push(performance.now());
    clearInterval(timer);
    expect(opened.vocabularySize).toBe(pieces.length);
    const longest = Math.max(...turns.slice(1).map((turn, i) => turn - turns[i]!));
    expect(longest).toBeLessThan((turns.at(-1)! - turns[0]!) / 2);
  });

  test("rejects an aborted question at once, although others are before it", async () => {
    const opened = await tokenizer({});
    const long = Array.from({ length: 64 }, () => words.repeat(200));
    const before = Promise.allSettled(Array.from({ length: 30 }, () => opened.encode(long)));
    const abort = new AbortController();
    const leaving = opened.encode([words], { signal: abort.signal });
    abort.abort();
    await expect(leaving).rejects.toMatchObject({ code: "ABORTED" });
    expect(await Promise.race([before, "at work"])).toBe("at work");
    await opened[Symbol.asyncDispose]();
    expect(await before).toContainEqual({
      status: "rejected",
      reason: expect.objectContaining({ code: "CLOSED" }),
    });
  });

  test("is CLOSED once it is disposed, during its work and afterwards", async () => {
    const opened = await tokenizer({});
    const encoding = opened.encode(Array.from({ length: 2000 }, () => words));
    await Promise.all([
      expect(encoding).rejects.toMatchObject({ code: "CLOSED" }),
      opened[Symbol.asyncDispose](),
    ]);
    await expect(opened.encode([words])).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("rejects at once when the signal has aborted before", async () => {
    const opened = await tokenizer({});
    const encoding = opened.encode(["a"], { signal: AbortSignal.abort() });
    await expect(encoding).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("a folder whose tokenizer cannot be opened is LOAD_FAILED", () => {
  test("without one", async () => {
    const bare = { path: folder, json: () => undefined };
    await expect(openTokenizer(bare, { directory: "tokenizer_2" })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(
        /tokenizer_2 cannot be .* neither a tokenizer\.json nor a vocab\.txt/,
      ),
    });
  });

  test("with one that is not sound", async () => {
    await expect(tokenizer({ "tokenizer.json": { model: {} } })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringMatching(/tokenizer\.json: .*\. Fetch its files again\.$/),
    });
  });

  test.each([-5, 0, "512"])("with a limit of %j", async (limit) => {
    const config = { model_max_length: limit };
    await expect(tokenizer({ "tokenizer_config.json": config })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining(`model_max_length is ${JSON.stringify(limit)}`),
    });
  });

  test("with a vocabulary that lacks BERT's tokens", async () => {
    const config = { sep_token: "[END]" };
    await expect(tokenizer({ "tokenizer_config.json": config })).rejects.toThrow(
      "there is no [END]",
    );
  });
});
