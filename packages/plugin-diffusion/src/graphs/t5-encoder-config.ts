import * as z from "zod";
import { readConfig } from "./config.ts";
import { count, maxWidth } from "./count.ts";

/** transformers' T5Config of an encoder, completed by its defaults. */
export interface T5EncoderConfig {
  readonly vocab_size: number;
  readonly d_model: number;
  /** Width of each head. */
  readonly d_kv: number;
  readonly d_ff: number;
  readonly num_layers: number;
  readonly num_heads: number;
  readonly relative_attention_num_buckets: number;
  readonly relative_attention_max_distance: number;
  readonly layer_norm_epsilon: number;
  readonly pad_token_id: number;
}

/** Bounds above all published encoders: 24 layers, 128 heads, 256,384 ids, 32 buckets up to a distance of 128. */
const [maxLayers, maxHeads, maxVocabulary, maxBuckets, maxDistance] = [
  256, 1024, 1_000_000, 1024, 65_536,
];

const schema = z
  .object({
    vocab_size: count(maxVocabulary).default(32128),
    d_model: count(maxWidth).default(512),
    d_kv: count(maxWidth).default(64),
    d_ff: count(maxWidth).default(2048),
    num_layers: count(maxLayers).default(6),
    num_heads: count(maxHeads).default(8),
    relative_attention_num_buckets: count(maxBuckets).multipleOf(4).default(32),
    relative_attention_max_distance: count(maxDistance).default(128),
    layer_norm_epsilon: z.number().positive().default(1e-6),
    pad_token_id: z.int().min(0).max(maxVocabulary).default(0),
    // T5 1.1's, the only one that the graph has.
    feed_forward_proj: z.literal("gated-gelu"),
  })
  .refine(
    ({ relative_attention_num_buckets: buckets, relative_attention_max_distance: max }) =>
      max > buckets / 4,
    {
      path: ["relative_attention_max_distance"],
      error: "a quarter of relative_attention_num_buckets reaches as far",
    },
  );

/** Reads a parsed text_encoder_3/config.json. LOAD_FAILED names each field that the graph cannot honour. */
export function t5EncoderConfig(json: unknown): T5EncoderConfig {
  return readConfig(schema, "the T5 text encoder", json);
}
