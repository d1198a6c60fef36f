import { describe, expect, test } from "vitest";
import {
  causalAttention,
  padding,
  paddedAttention,
  windowAttention,
  windows,
} from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import { evaluate } from "./run.ts";
import type { Feed } from "./run.ts";

const [heads, size, width] = [4, 8, 32];

/** Numbers without a pattern, float32 [batch, tokens, width]. */
function states(batch: number, tokens: number, of: number, seed: number): Feed {
  const values = Array.from({ length: batch * tokens * of }, (_, i) => Math.sin(i * i + seed) * 2);
  return { dims: [batch, tokens, of], values };
}

interface Attended {
  /** Tokens of each text of the batch; the longest decides the padding. */
  readonly lengths: readonly number[];
  /** Heads of keys and values. Default: as many as of queries. */
  readonly keyHeads?: number;
  readonly sees: (query: number, key: number) => boolean;
  readonly attend: (g: GraphBuilder, inputs: Readonly<Record<string, Value>>) => Value;
}

/** The largest difference between the operator and the formula, over the tokens of the texts. */
async function difference({ lengths, keyHeads = heads, sees, attend }: Attended): Promise<number> {
  const longest = Math.max(...lengths);
  const mask = lengths.flatMap((length) =>
    Array.from({ length: longest }, (_, i) => +(i < length)),
  );
  const feeds = {
    query: states(lengths.length, longest, width, 1),
    key: states(lengths.length, longest, keyHeads * size, 2),
    value: states(lengths.length, longest, keyHeads * size, 3),
    mask: { type: "int64", dims: [lengths.length, longest], values: mask },
  } as const;
  const { values, dims } = await evaluate({}, feeds, attend);
  expect(dims).toEqual([lengths.length, longest, width]);
  let difference = 0;
  for (const [text, length] of lengths.entries()) {
    for (let token = 0; token < length; token++) {
      for (let head = 0; head < heads; head++) {
        const group = Math.floor((head * keyHeads) / heads);
        const at = (feed: Feed, place: number, first: number): readonly number[] => {
          const start = (text * longest + place) * feed.dims[2]! + first * size;
          return feed.values.slice(start, start + size);
        };
        const seen = Array.from({ length }, (_, key) => key).filter((key) => sees(token, key));
        const query = at(feeds.query, token, head);
        const scores = seen.map((key) =>
          Math.exp(dot(query, at(feeds.key, key, group)) / Math.sqrt(size)),
        );
        const sum = scores.reduce((a, b) => a + b, 0);
        for (let i = 0; i < size; i++) {
          const expected = seen.reduce(
            (total, key, j) => total + (scores[j]! / sum) * at(feeds.value, key, group)[i]!,
            0,
          );
          const found = values[(text * longest + token) * width + head * size + i]!;
          difference = Math.max(difference, Math.abs(found - expected));
        }
      }
    }
  }
  return difference;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

const batches = [[1], [7], [40, 8], [5, 1, 33, 32], [64, 64]];
const near = (reach: number) => (query: number, key: number) => Math.abs(query - key) <= reach;

describe.each(batches.map((lengths) => ({ lengths })))(
  "texts of $lengths tokens",
  ({ lengths }) => {
    test("all their tokens see each other, and no padding", async () => {
      const attend: Attended["attend"] = (g, { query, key, value, mask }) =>
        paddedAttention(g, {
          query: query!,
          key: key!,
          value: value!,
          heads,
          size,
          padding: padding(g, mask!, heads),
        });
      expect(await difference({ lengths, sees: () => true, attend })).toBeLessThan(1e-6);
    });

    test.each([1, 4, 8, 100])("their tokens see neighbours %i places away", async (reach) => {
      const attend: Attended["attend"] = (g, { query, key, value, mask }) =>
        windowAttention(g, {
          query: query!,
          key: key!,
          value: value!,
          width,
          heads,
          windows: windows(g, mask!, reach),
        });
      expect(await difference({ lengths, sees: near(reach), attend })).toBeLessThan(1e-6);
      if (Math.max(...lengths) > reach + 1)
        expect(await difference({ lengths, sees: near(reach + 1), attend })).toBeGreaterThan(1e-3);
    });

    test.each([4, 2, 1])(
      "their tokens see those before them, over %i heads of keys",
      async (keyHeads) => {
        const attend: Attended["attend"] = (g, { query, key, value }) =>
          causalAttention(g, { query: query!, key: key!, value: value!, heads, keyHeads });
        expect(
          await difference({ lengths, keyHeads, sees: (query, key) => key <= query, attend }),
        ).toBeLessThan(1e-6);
      },
    );
  },
);
