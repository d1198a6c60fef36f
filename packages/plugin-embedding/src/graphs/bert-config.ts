import * as z from "zod";
import { checkedJson } from "../folder/checked-json.ts";

/** `config.json` of a BERT-type model. */
export interface BertConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly hidden_act: string;
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
  readonly layer_norm_eps: number;
}

const size = z.int().min(1);

const schema = z
  .object({
    vocab_size: size,
    hidden_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    intermediate_size: size,
    hidden_act: z.string().default("gelu"),
    max_position_embeddings: size,
    type_vocab_size: size.default(2),
    layer_norm_eps: z.number().positive().default(1e-12),
    position_embedding_type: z.literal("absolute").default("absolute"),
    is_decoder: z.literal(false).default(false),
  })
  .refine((config) => config.hidden_size % config.num_attention_heads === 0, {
    path: ["num_attention_heads"],
    error: "hidden_size is no multiple of it",
  });

/** LOAD_FAILED names the field that is missing or that this encoder does not do. */
export function bertConfig(json: unknown): BertConfig {
  return checkedJson(json, schema, "config.json is no BERT encoder's");
}
