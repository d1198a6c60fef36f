import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { embeddingServer, model } from "./embedding-server.ts";
import type { EmbeddingServer } from "./embedding-server.ts";

export interface EmbedOptions {
  readonly model: string;
  readonly dimensions?: number;
  /** Milliseconds. Default: the client's own. */
  readonly timeout?: number;
}

/** One way of embedding texts with a client. Where the client says nothing else, it is set up as its users have it. */
export type Embed = (
  url: string,
  texts: readonly string[],
  options: EmbedOptions,
) => Promise<readonly (readonly number[])[]>;

/** More texts than each client's batch, of different lengths. */
export const texts: readonly string[] = Array.from(
  { length: 23 },
  (_, i) =>
    [`text ${i}`, `狐狸 🦊 ${i}`, `the quick brown fox jumps over ${i} dogs `.repeat(1 + i)][
      i % 3
    ]!,
);

/** What every client that embeds is promised, and what its own tests add. A client that is not installed skips all of it. */
export function promises(
  name: string,
  client: Embed | undefined,
  more: (server: () => EmbeddingServer) => void,
  { hidesStatus = false } = {},
): void {
  describe.skipIf(!client)(name, () => {
    const embed = client!;
    let server: EmbeddingServer;
    beforeAll(async () => {
      server = await embeddingServer();
    });
    beforeEach(() => {
      server.requests.length = 0;
      server.asked.length = 0;
    });
    afterAll(() => server[Symbol.asyncDispose]());

    test("gets the kernel's own vectors, in the order of the texts", async () => {
      const vectors = await embed(server.url, texts, { model });
      expectVectors(vectors, await server.vectors(texts));
      const asked = server.asked.flatMap(({ input }) => input);
      expect(asked.toSorted()).toEqual(texts.toSorted());
    });

    test("gets as many dimensions as it asks for, at unit length", async () => {
      const [vector] = await embed(server.url, ["a red fox"], { model, dimensions: 16 });
      const [whole] = await server.vectors(["a red fox"]);
      const norm = Math.hypot(...whole!.subarray(0, 16));
      expectVectors([vector!], [whole!.subarray(0, 16).map((value) => value / norm)]);
    });

    test.each([
      ["a model that is not launched", { model: "org/e5-tin" }, "a red fox", 404, `"${model}"`],
      ["a text that is too long", { model }, "fox ".repeat(600), 400, "1202 tokens"],
      ["dimensions that it lacks", { model, dimensions: 41 }, "a red fox", 400, "Ask for 1 to 40."],
    ])("hears of %s, and asks nothing twice", async (_, options, text, status, message) => {
      const error = await embed(server.url, [text], options).catch((reason: Refusal) => reason);
      expect(error).toBeInstanceOf(Error);
      const refusal = error as Refusal;
      const found = refusal.status ?? refusal.statusCode ?? refusal.cause?.status;
      expect(found).toBe(hidesStatus ? undefined : status);
      expect(refusal.message).toContain(message);
      expect(server.requests).toEqual([...new Set(server.requests)]);
    });

    test("leaves no request behind when its time is over", async () => {
      server.holds = true;
      await expect(embed(server.url, ["a red fox"], { model, timeout: 200 })).rejects.toThrow();
      server.holds = false;
      expect(server.asked).not.toEqual([]);
      await expect.poll(() => server.held).toBe(0);
    });

    more(() => server);
  });
}

/** The error of a reply, whose status clients call by different names. */
interface Refusal extends Error {
  readonly status?: number | null;
  readonly statusCode?: number;
  readonly cause?: { readonly status?: number };
}

/** Compares vectors within 1e-5. */
export function expectVectors(
  found: readonly (readonly number[])[],
  expected: readonly Float32Array[],
): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [i, vector] of expected.entries()) {
    const apart = vector.map((value, j) => Math.abs(value - found[i]![j]!));
    expect(Math.max(...apart), `vector ${i}`).toBeLessThan(1e-5);
  }
}
