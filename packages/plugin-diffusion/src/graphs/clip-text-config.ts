import * as z from "zod";
import { readConfig } from "./config.ts";
import { count, indivisibleWidth, maxWidth } from "./count.ts";

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

/** Bounds above all published text encoders: 32 layers, 49,408 ids, 248 positions. */
const [maxLayers, maxHeads, maxVocabulary, maxPositions] = [256, 1024, 1_000_000, 8192];

const schema = z
  .object({
    architectures: z.array(z.string()).default(["CLIPTextModel"]),
    vocab_size: count(maxVocabulary).default(49408),
    hidden_size: count(maxWidth).default(512),
    intermediate_size: count(maxWidth).default(2048),
    num_hidden_layers: count(maxLayers).default(12),
    num_attention_heads: count(maxHeads).default(8),
    max_position_embeddings: count(maxPositions).default(77),
    hidden_act: z.enum(["quick_gelu", "gelu"]).default("quick_gelu"),
    layer_norm_eps: z.number().positive().default(1e-5),
    eos_token_id: z.number().int().default(49407),
    projection_dim: count(maxWidth).default(512),
  })
  .check(({ value, issues }) => {
    const message = indivisibleWidth(value.num_attention_heads, [value.hidden_size]);
    if (message === undefined) return;
    issues.push({ code: "custom", input: value, path: ["num_attention_heads"], message });
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
