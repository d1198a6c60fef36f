import { logger } from "@kindred/core";
import type { Checkpoint, ModelFamily, ModelFolder } from "@kindred/core";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { openTokenizer } from "@kindred/core/text";
import type { Tokenizer } from "@kindred/core/text";
import * as z from "zod";
import { poolingOf } from "./modules.ts";
import { checkpointNamed, namesOf } from "./names.ts";
import { embeddingPipeline } from "./pipeline.ts";
import type { Pooling, PoolingMode } from "./pooling.ts";
import type { Prompts } from "./prompts.ts";
import { embeddingTask } from "./task.ts";
import { openWeights } from "./weights.ts";

/** A kind of embedding model as a table of facts; what a folder's own files say wins over them. */
export interface EmbeddingFamily {
  readonly name: string;
  readonly checkpoints?: readonly EmbeddingCheckpoint[];
  match: ModelFamily["match"];
  /** Of a parsed `config.json`. Inputs `input_ids` and `attention_mask` [batch, sequence], output `embedding` [batch, dimensions]. */
  graph(config: unknown, weights: Weights, pooling: Pooling): BuiltGraph;
  /** Where there is no `modules.json`. */
  readonly pooling: PoolingMode;
  readonly normalize: boolean;
  /** Default: none. */
  readonly prompts?: Prompts;
}

export interface EmbeddingCheckpoint extends Checkpoint {
  /** Default: the family's. */
  readonly prompts?: Prompts;
}

/** What a launch may set. */
export interface EmbeddingOptions {
  /** The prompt for requests that name none. Default: no prompt. */
  readonly prompt_name?: string | undefined;
}

const options: z.ZodType<EmbeddingOptions> = z.strictObject({ prompt_name: z.string().optional() });

/** A family of the embedding task from its facts. */
export function asModelFamily(
  family: EmbeddingFamily,
): ModelFamily<typeof embeddingTask, EmbeddingOptions> {
  const { name, checkpoints = [] } = family;
  return {
    name,
    task: embeddingTask,
    checkpoints,
    options,
    match: (model) => family.match(model),

    async load({ model, checkpoint, options, get, graph }) {
      const config = model.json("config.json");
      const pooling = poolingOf(model, { modes: [family.pooling], normalize: family.normalize });
      const source = family.graph(config, await openWeights(model), pooling);
      if (source.unused.length > 0) {
        get(logger).warn({ model: model.id, weights: source.unused }, "weights left unused");
      }
      const tokenizer = await openTokenizer(model);
      const names = [checkpoint?.name ?? "", ...namesOf(model)];
      const published = checkpointNamed(names, checkpoints);
      const own = model.json("config_sentence_transformers.json")?.prompts;
      return embeddingPipeline({
        graph: graph(source),
        tokenizer,
        dimensions: config.hidden_size * pooling.modes.length,
        limit: limitOf(model, tokenizer),
        vocabularySize: config.vocab_size,
        normalized: pooling.normalize,
        lowercase: model.json("sentence_bert_config.json")?.do_lower_case === true,
        prompts: { ...(published?.prompts ?? family.prompts), ...own },
        promptName: options?.prompt_name,
      });
    },
  };
}

/** sentence-transformers' own limit, else the tokenizer's; never more than the model has positions. */
function limitOf(model: ModelFolder, tokenizer: Tokenizer): number {
  const set: number | undefined = model.json("sentence_bert_config.json")?.max_seq_length;
  const positions: number = model.json("config.json").max_position_embeddings;
  return Math.min(set ?? tokenizer.limit ?? positions, positions);
}
