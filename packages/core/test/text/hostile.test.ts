import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openTokenizer } from "@kindred/core/text";
import type { Tokenizer, TokenizerBounds } from "@kindred/core/text";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as hostile from "./hostile.ts";

let parent: string;
let good: Tokenizer;
let asking: Promise<void>;
let stop: AbortController;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "kindred-hostile-"));
  good = await opened("tokenizer.json", hostile.json({}));
});
afterAll(async () => {
  await good[Symbol.asyncDispose]();
  await rm(parent, { recursive: true });
});

/** The good tokenizer is asked all the time, and answers within seconds. */
beforeEach(() => {
  stop = new AbortController();
  asking = (async () => {
    do {
      const begun = performance.now();
      const [tokens] = await good.encode(["a"]);
      expect(tokens?.ids).toEqual(Int32Array.of(1));
      expect(performance.now() - begun).toBeLessThan(5000);
      await setTimeout(20);
    } while (!stop.signal.aborted);
  })();
  // Told after the test.
  asking.catch(() => {});
});
afterEach(async () => {
  stop.abort();
  await asking;
});

async function opened(
  file: string,
  make: Parameters<typeof hostile.hostileFolder>[2],
  bounds: TokenizerBounds = {},
): Promise<Tokenizer> {
  const path = await hostile.hostileFolder(parent, file, make);
  return openTokenizer({ path, json: () => undefined }, { bounds });
}

const backwards = "^(x+x+)+y";
const forty = "x".repeat(40);

describe("a hostile file is LOAD_FAILED with its reason, while another tokenizer goes on answering", () => {
  test.each<[string, string, Parameters<typeof hostile.hostileFolder>[2], string]>([
    [
      "a broken table, at which the library panics",
      "tokenizer.json",
      hostile.table(255, 255, 255, 127, 1, 2, 3, 4),
      'it panicked: Precompiled: Error("Cannot parse precompiled_charsmap", line: 0, column: 0)',
    ],
    [
      "a broken table, at which the library panics with the first text",
      "tokenizer.json",
      hostile.table(8, 0, 0, 0, 1, 2, 3, 4, 255, 255, 255, 255, 9),
      "it panicked: index out of bounds: the len is 2 but the index is 16826465",
    ],
    [
      "a normaliser that doubles a text 30 times",
      "tokenizer.json",
      hostile.doubling({ Regex: "." }, "aa", 30),
      "it took more than 3 s",
    ],
    [
      "deep arrays",
      "tokenizer.json",
      hostile.vocabulary("[".repeat(1e5) + "]".repeat(1e5)),
      "tokenizer.json: Maximum call stack size exceeded",
    ],
    [
      "more bytes than are read",
      "tokenizer.json",
      hostile.zeros(100_000_001),
      "tokenizer.json: it has 100000001 bytes, and at most 100000000 are read",
    ],
    [
      "an id that is negative",
      "tokenizer.json",
      hostile.vocabulary('{"a":-1}'),
      "tokenizer.json: invalid value: integer `-1`",
    ],
    [
      "an id beyond 32 bits",
      "tokenizer.json",
      hostile.vocabulary('{"a":5000000000}'),
      "tokenizer.json: invalid value: integer `5000000000`",
    ],
    [
      "a pipe",
      "tokenizer.json",
      hostile.pipe,
      "tokenizer.json: it is a named pipe, not a regular file",
    ],
    ["a pipe", "vocab.txt", hostile.pipe, "vocab.txt: it is a named pipe, not a regular file"],
    ["a pipe", "config.json", hostile.pipe, "config.json: it is a named pipe, not a regular file"],
    ["a device", "tokenizer.json", hostile.device, "tokenizer.json: it is a device, not a regular"],
    ["a folder", "tokenizer.json", hostile.folder, "tokenizer.json: it is a folder, not a regular"],
    [
      "a link to itself",
      "tokenizer.json",
      hostile.linkToItself,
      "tokenizer.json: ELOOP: too many symbolic links encountered, stat 'tokenizer.json'",
    ],
    ["a device", "vocab.txt", hostile.device, "vocab.txt: it is a device, not a regular file"],
  ])("%s as %s", async (_, file, make, message) => {
    const bounds = message.includes("3 s") ? { maxOpenSeconds: 3 } : {};
    await expect(opened(file, make, bounds)).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining(` cannot be opened: ${message}`),
    });
  });
});

describe("a text that a hostile tokenizer does not live through is UNSUPPORTED, and the next one is answered", () => {
  test.each<[string, Parameters<typeof hostile.hostileFolder>[2], string, string]>([
    [
      "a search that backtracks, to split",
      hostile.backtracking("pre_tokenizer", backwards),
      forty,
      "it panicked: Onig: Regex search error: retry-limit-in-match over",
    ],
    [
      "a search that backtracks, to normalise",
      hostile.backtracking("normalizer", backwards),
      forty,
      "it panicked: Onig: Regex search error: retry-limit-in-match over",
    ],
    [
      "a search that backtracks within the library's own limit, again and again",
      hostile.backtracking("pre_tokenizer", "(x+x+)+y"),
      `${"x".repeat(22)} `.repeat(2500),
      "it took more than 2 s",
    ],
    [
      "a normaliser that doubles a text 24 times",
      hostile.doubling({ String: "x" }, "xx", 24),
      forty,
      "it took more than 2 s",
    ],
  ])("%s", async (_, make, text, message) => {
    const bounds = message.includes("2 s") ? { maxEncodeSeconds: 2 } : {};
    await using tokenizer = await opened("tokenizer.json", make, bounds);
    const asked = tokenizer.encode([text]);
    const behind = tokenizer.encode(["a"]);
    behind.catch(() => {});
    await expect(asked).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: `The texts could not be tokenised: ${message}. Send other texts, or shorter ones.`,
    });
    expect((await behind)[0]).toMatchObject({ ids: Int32Array.of(1) });
  });
});

test("a text with an id beyond 31 bits fails with the id", async () => {
  await using tokenizer = await opened(
    "tokenizer.json",
    hostile.vocabulary('{"[UNK]":0,"x":4294967295}'),
  );
  await expect(tokenizer.encode(["x"])).rejects.toMatchObject({
    code: "GRAPH_FAILED",
    message: expect.stringContaining(
      "its vocabulary has the id 4294967295, and ids are at most 2147483647",
    ),
  });
});

describe.skipIf(!process.env["KINDRED_FULL"])("within their bounds (KINDRED_FULL=1)", () => {
  test("a normaliser that doubles a text 24 times is ended by the memory that it takes", async () => {
    const make = hostile.doubling({ String: "x" }, "xx", 24);
    await using tokenizer = await opened("tokenizer.json", make, { maxEncodeSeconds: 600 });
    await expect(tokenizer.encode([forty])).rejects.toThrow(
      /it took 1\d\d\d MB of memory, and may take 1001 MB\. Send other texts/,
    );
  }, 600_000);

  test("100 MB of brackets are ended by the memory that they take", async () => {
    const make = hostile.vocabulary("[".repeat(99e6));
    await expect(opened("tokenizer.json", make)).rejects.toThrow(
      /it took \d+ MB of memory, and may take 2585 MB|it took more than 60 s/,
    );
  }, 120_000);

  test("a vocabulary of three million words is opened or ended within a minute", async () => {
    const entries = Array.from({ length: 3e6 }, (_, id) => `"word${id}":${id}`);
    const make = hostile.vocabulary(`{${entries.join()}}`);
    const result = await opened("tokenizer.json", make).catch((error: unknown) => error);
    if ("vocabularySize" in Object(result)) await (result as Tokenizer)[Symbol.asyncDispose]();
    else expect(result).toMatchObject({ code: "LOAD_FAILED" });
  }, 120_000);
});
