import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { synthesize } from "@kindred/core/testing";
import { bert } from "@kindred/text-encoders";

export interface Geometry {
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly vocab_size: number;
}

/** Opens and runs in milliseconds. */
export const tiny: Geometry = {
  hidden_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  intermediate_size: 96,
  vocab_size: 3000,
};

/** Answers many numbers for few FLOPs: 1,152 a text, since it pools in three ways. */
export const talkative: Geometry = {
  hidden_size: 384,
  num_hidden_layers: 1,
  num_attention_heads: 12,
  intermediate_size: 384,
  vocab_size: 3000,
};

/** 130 MB. */
export const bgeSmall: Geometry = {
  hidden_size: 384,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 1536,
  vocab_size: 30_522,
};

/** 1.3 GB. */
export const e5Large: Geometry = {
  hidden_size: 1024,
  num_hidden_layers: 24,
  num_attention_heads: 16,
  intermediate_size: 4096,
  vocab_size: 30_522,
};

const fixtures = fileURLToPath(
  new URL("../../packages/plugin-embedding/test/fixtures", import.meta.url),
);

/** Writes a BERT of synthetic weights into a folder of its own. It concatenates three pooling modes of sentence-transformers. Disposal removes the folder. */
export async function bertFolder(
  geometry: Geometry,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "kindred-load-"));
  const config = { model_type: "bert", max_position_embeddings: 512, ...geometry };
  const pooling = {
    word_embedding_dimension: geometry.hidden_size,
    pooling_mode_cls_token: true,
    pooling_mode_mean_tokens: true,
    pooling_mode_max_tokens: true,
  };
  const modules = ["Transformer", "Pooling", "Normalize"].map((name, idx) => ({
    idx,
    name: String(idx),
    path: idx === 0 ? "" : `${idx}_${name}`,
    type: `sentence_transformers.models.${name}`,
  }));
  await mkdir(join(path, "1_Pooling"));
  const files = {
    "config.json": config,
    "modules.json": modules,
    "1_Pooling/config.json": pooling,
    "sentence_bert_config.json": { max_seq_length: 512 },
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(path, name), JSON.stringify(content));
  }
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    await cp(join(fixtures, name), join(path, name));
  }
  await synthesize({
    file: join(path, "model.safetensors"),
    build: (weights) => bert.graph(config, weights, () => {}),
  });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
