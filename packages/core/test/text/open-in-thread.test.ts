import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { builtModule, openInThread } from "@kindred/core/text";
import type { TokenizerFacts } from "@kindred/core/text";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

interface LetterFacts extends TokenizerFacts {
  readonly space: number;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-module-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a module and gives its URL. */
async function written(name: string, source: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, source);
  return pathToFileURL(path).href;
}

const letters = `
  import { isMainThread } from "node:worker_threads";
  export async function openEncoder(folder, config) {
    if (isMainThread) throw new Error("this is the main thread");
    return {
      facts: { vocabularySize: 256, maxTokens: config.model_max_length, space: 32, folder },
      encode: async (rows, { maxTokens }) =>
        rows.map(([text]) => {
          const ids = Int32Array.from(Buffer.from(text).subarray(0, maxTokens));
          return { ids, typeIds: new Int32Array(ids.length), length: text.length };
        }),
    };
  }`;

describe("a module that is named to a tokenizer's thread", () => {
  test("opens the tokenizer there, with the folder, its config and facts of its own", async () => {
    const module = await written("letters.mjs", letters);
    const config = { model_max_length: 8 };
    await using tokenizer = await openInThread<LetterFacts>({ module, folder, config });
    expect(tokenizer).toMatchObject({ vocabularySize: 256, maxTokens: 8, space: 32, folder });
    const [tokens] = await tokenizer.encode(["abc"], { maxTokens: 2 });
    expect(tokens).toEqual({ ids: Int32Array.of(97, 98), typeIds: new Int32Array(2), length: 3 });
  });

  test("is LOAD_FAILED when it is not there", async () => {
    const module = pathToFileURL(join(folder, "absent.mjs")).href;
    await expect(openInThread({ module, folder, config: {} })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining("absent.mjs"),
    });
  });

  test("is LOAD_FAILED when it does not export openEncoder", async () => {
    const module = await written("empty.mjs", "export {};");
    await expect(openInThread({ module, folder, config: {} })).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining("empty.mjs does not export openEncoder"),
    });
  });
});

test.each([
  ["file:///app/src/text/open.ts", "file:///app/dist/text/thread.js"],
  ["file:///src/app/src/open.ts", "file:///src/app/dist/thread.js"],
  ["file:///app/dist/open.js", "file:///app/dist/thread.js"],
  ["file:///src/app/open.js", "file:///src/app/thread.js"],
])("a module beside %s is built at %s", (from, built) => {
  expect(builtModule("./thread.js", from)).toBe(built);
});
