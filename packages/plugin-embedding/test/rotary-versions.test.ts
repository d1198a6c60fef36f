import { describe, expect, test } from "vitest";
import { difference } from "./difference.ts";
import type { ServedOptions } from "./served.ts";

describe("configs and weights as other versions wrote them", () => {
  const others: Record<string, readonly [string, ServedOptions]> = {
    "ModernBERT of transformers 5": [
      "modernbert-tiny",
      {
        json: {
          "config.json": {
            global_attn_every_n_layers: undefined,
            global_rope_theta: undefined,
            local_rope_theta: undefined,
            layer_types: ["full", "sliding", "sliding", "full", "sliding"].map(
              (kind) => `${kind}_attention`,
            ),
            rope_parameters: {
              full_attention: { rope_theta: 160_000, rope_type: "default" },
              sliding_attention: { rope_theta: 10_000, rope_type: "default" },
            },
          },
        },
      },
    ],
    "ModernBERT under a head for masked words": [
      "modernbert-tiny",
      { rename: (name) => `model.${name}` },
    ],
    "nomic-bert with its author's names alone": [
      "nomic-tiny",
      {
        json: {
          "config.json": Object.fromEntries(
            [
              "hidden_act",
              "hidden_size",
              "intermediate_size",
              "layer_norm_eps",
              "max_position_embeddings",
              "num_attention_heads",
              "num_hidden_layers",
              "rope_parameters",
            ].map((name) => [name, undefined]),
          ),
        },
      },
    ],
    "nomic-bert with transformers' names alone": [
      "nomic-tiny",
      {
        json: {
          "config.json": Object.fromEntries(
            [
              "activation_function",
              "auto_map",
              "layer_norm_epsilon",
              "n_embd",
              "n_head",
              "n_inner",
              "n_layer",
              "n_positions",
              "rotary_emb_base",
              "rotary_emb_fraction",
            ].map((name) => [name, undefined]),
          ),
        },
      },
    ],
    "Qwen3 of transformers 5": [
      "qwen3-tiny",
      {
        json: {
          "config.json": {
            layer_types: Array<string>(3).fill("full_attention"),
            rope_parameters: { rope_theta: 1_000_000, rope_type: "default" },
            rope_scaling: undefined,
            rope_theta: undefined,
          },
        },
      },
    ],
    "Qwen3 under its head for words": [
      "qwen3-tiny",
      {
        rename: (name) => `model.${name}`,
        extra: [{ name: "lm_head.weight", shape: [700, 64], dtype: "F32" }],
      },
    ],
  };
  test.each(Object.keys(others))("%s", async (other) => {
    expect(await difference(...others[other]!)).toBeLessThan(1e-5);
  });
});
