import * as z from "zod";
import { readConfig } from "./config.ts";

/** transformers' CLIPTextConfig, completed by its defaults. */
export interface ClipTextConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly max_position_embeddings: number;
  readonly hidden_act: "quick_gelu" | "gelu";
  readonly layer_norm_eps: number;
  readonly eos_token_id: number;
  /** Width of `text_embeds`. undefined when the checkpoint has no projection. */
  readonly projection_dim: number | undefined;
}

const count = z.number().int().positive();

const schema = z
  .object({
    architectures: z.array(z.string()).default(["CLIPTextModel"]),
    vocab_size: count.default(49408),
    hidden_size: count.default(512),
    intermediate_size: count.default(2048),
    num_hidden_layers: count.default(12),
    num_attention_heads: count.default(8),
    max_position_embeddings: count.default(77),
    hidden_act: z.enum(["quick_gelu", "gelu"]).default("quick_gelu"),
    layer_norm_eps: z.number().positive().default(1e-5),
    eos_token_id: z.number().int().default(49407),
    projection_dim: count.default(512),
  })
  .transform(({ architectures, projection_dim, ...config }) => ({
    ...config,
    projection_dim: architectures.includes("CLIPTextModelWithProjection")
      ? projection_dim
      : undefined,
  }));

/** Reads a parsed text_encoder/config.json. LOAD_FAILED names each field that the graph cannot honour. */
export function clipTextConfig(json: unknown): ClipTextConfig {
  return readConfig(schema, "the CLIP text encoder", json);
}
