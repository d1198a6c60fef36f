import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openModelFolder } from "@kindred/core";
import type { Graph } from "@kindred/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clipEncoder } from "../src/prompt/clip-encoder.ts";
import type { ClipEncoder } from "../src/prompt/clip-encoder.ts";
import { openClipTokenizer } from "../src/prompt/clip-tokenizer.ts";
import type { ClipTokenizer } from "../src/prompt/clip-tokenizer.ts";
import { layoutFolder } from "./clip-tokenizer-layouts.ts";
import golden from "./golden/textual-inversion.json" with { type: "json" };

let parent: string;
let tokenizer: ClipTokenizer;
let encoder: ClipEncoder;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "kindred-vectors-"));
  const folder = await layoutFolder(parent, golden.layout);
  tokenizer = await openClipTokenizer(await openModelFolder(folder));
  const graph = { source: { outputs: [] } } as unknown as Graph;
  encoder = clipEncoder({ graph, tokenizer, length: 77, layers: 2, ids: "int64" });
});
afterAll(async () => {
  await tokenizer[Symbol.asyncDispose]();
  await rm(parent, { recursive: true });
});

describe("a prompt with textual inversions of several vectors has diffusers' ids", () => {
  test.each(golden.prompts.map((prompt, i) => [prompt, golden.ids[i]]))(
    "%j",
    async (prompt, ids) => {
      const asked = { text: prompt!, field: "prompt", truncate: false } as const;
      const found = await encoder.tokenize(asked, new AbortController().signal);
      expect(found.ids.join(" ")).toBe(ids);
    },
  );
});
