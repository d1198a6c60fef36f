import { describe, expect, test, vi } from "vitest";
import { difference } from "./difference.ts";
import { distance } from "./golden.ts";
import { openGraph } from "./open-graph.ts";
import type { ServedOptions } from "./served.ts";

const tolerance = 1e-5;

/** The mistakes of operators that a test makes: all tokens see each other; norms of heads do nothing. */
const mistaken = vi.hoisted(() => ({ causal: false, norms: false }));

/** `head_dim` of qwen3-tiny. */
const headSize = vi.hoisted(() => 32);

vi.mock(import("@kindred/core/onnx"), async (original) => {
  const onnx = await original();
  return {
    ...onnx,
    causalAttention(g, options) {
      if (!mistaken.causal) return onnx.causalAttention(g, options);
      const { key, value, heads, keyHeads } = options;
      const repeated = (x: typeof key): typeof key => {
        const apart = onnx.unsqueeze(g, onnx.reshape(g, x, [0, 0, keyHeads, -1]), [3]);
        const copies = onnx.concat(g, Array<typeof key>(heads / keyHeads).fill(apart), 3);
        return onnx.reshape(g, copies, [0, 0, -1]);
      };
      return onnx.attention(g, { ...options, key: repeated(key), value: repeated(value) });
    },
    rmsNorm: (g, x, width, epsilon) =>
      mistaken.norms && width === headSize ? x : onnx.rmsNorm(g, x, width, epsilon),
  };
});

describe("a mistake moves vectors by ten times the tolerance and more", () => {
  const config = (members: object): ServedOptions => ({ json: { "config.json": members } });
  const pooling = (mode: string) => ({ json: { "1_Pooling/config.json": { pooling_mode: mode } } });
  const exchange = (one: string, other: string): ServedOptions => ({
    rename: (name) =>
      name.replace(RegExp(`${one}|${other}`), (each) => (each === one ? other : one)),
  });
  const mistakes: Record<string, readonly [string, ServedOptions]> = {
    "global and local bases exchanged": [
      "modernbert-tiny",
      config({ global_rope_theta: 10_000, local_rope_theta: 160_000 }),
    ],
    "no window": ["modernbert-tiny", config({ local_attention: 1_000_000 })],
    "a window one token wider on each side": ["modernbert-tiny", config({ local_attention: 18 })],
    "layers of windows in other places": [
      "modernbert-tiny",
      config({ global_attn_every_n_layers: 2 }),
    ],
    "the halves of ModernBERT's gate exchanged": ["modernbert-tiny", { swapHalves: /mlp\.Wi/ }],
    "nomic-bert's gate exchanged": ["nomic-tiny", exchange("fc11", "fc12")],
    "another base for nomic-bert": [
      "nomic-tiny",
      config({ rope_parameters: { rope_theta: 10_000, rope_type: "default" } }),
    ],
    "nomic-bert without token types": ["nomic-tiny", { zero: /token_type_embeddings/ }],
    "nomic-bert's norms exchanged": ["nomic-tiny", exchange("norm1", "norm2")],
    "Qwen3's gate exchanged": ["qwen3-tiny", exchange("gate_proj", "up_proj")],
    "another base for Qwen3": ["qwen3-tiny", config({ rope_theta: 10_000 })],
    "the first token instead of the last": ["qwen3-tiny", pooling("cls")],
    "the mean instead of the last token": ["qwen3-tiny", pooling("mean")],
    "the norms of queries and keys exchanged": ["qwen3-tiny", exchange("q_norm", "k_norm")],
  };
  test.each(Object.keys(mistakes))("%s", async (mistake) => {
    expect(await difference(...mistakes[mistake]!)).toBeGreaterThan(10 * tolerance);
  });

  test.each([
    ["tokens of Qwen3 that see those behind them", "causal"],
    ["queries and keys of Qwen3 that are not normalised", "norms"],
  ] as const)("%s", async (_, operator) => {
    mistaken[operator] = true;
    try {
      expect(await difference("qwen3-tiny")).toBeGreaterThan(10 * tolerance);
    } finally {
      mistaken[operator] = false;
    }
  });

  test.each(["modernbert-tiny", "nomic-tiny"])(
    "padding that is attended to by %s",
    async (name) => {
      await using graph = await openGraph(name, "cls");
      const [vector, padded] = await graph.embed([
        [100, 200, 300],
        [100, 200, 300, 0, 0, 0],
      ]);
      expect(distance(padded, vector)).toBeGreaterThan(10 * tolerance);
    },
  );
});
