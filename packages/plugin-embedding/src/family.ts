import type { Checkpoint, ModelFamily } from "@kindred/core";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { openTokenizer } from "@kindred/core/text";
import * as z from "zod";
import { poolingOf } from "./folder/modules.ts";
import { namesOf } from "./folder/names.ts";
import { openEncoder } from "./encoders/open-encoder.ts";
import { embeddingPipeline } from "./pipeline.ts";
import type { Pooling, PoolingMode } from "./graphs/pooling.ts";
import { launchPrompt } from "./prompts.ts";
import type { Prompts } from "./prompts.ts";
import { embeddingTask } from "./task.ts";
import { textLimits } from "./folder/text-limits.ts";

/** A kind of embedding model as a table of facts; what a folder's own files say wins over them. */
export interface EmbeddingFamily {
  readonly name: string;
  readonly checkpoints?: readonly EmbeddingCheckpoint[];
  match: ModelFamily["match"];
  /**
   * Builds the graph, or names an .onnx file of the folder. A folder without safetensors is served from the .onnx file
   * it has in any case.
   */
  readonly graph: EmbeddingGraph | string;
  /** Where there is no `modules.json`. */
  readonly pooling: PoolingMode;
  readonly normalize: boolean;
  /** Default: none. */
  readonly prompts?: Prompts;
}

/** Of a parsed `config.json`. Inputs `input_ids` and `attention_mask` [batch, sequence], output `embedding` [batch, dimensions]. */
export type EmbeddingGraph = (config: unknown, weights: Weights, pooling: Pooling) => BuiltGraph;

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
): ModelFamily<typeof embeddingTask, EmbeddingOptions, EmbeddingCheckpoint> {
  const { name, checkpoints = [] } = family;
  return {
    name,
    task: embeddingTask,
    checkpoints,
    options,
    match: (model) => family.match(model),

    async load(context) {
      const { model, checkpoint } = context;
      const pooling = poolingOf(model, { modes: [family.pooling], normalize: family.normalize });
      const encode = await openEncoder(context, family.graph, pooling);
      const tokenizer = context.use(await openTokenizer(model));
      const names = namesOf(model).map((name) => name.toLowerCase());
      const published =
        checkpoint ?? checkpoints.find(({ name }) => names.includes(name.toLowerCase()));
      const own = model.json("config_sentence_transformers.json")?.prompts;
      const prompts: Prompts = { ...(published?.prompts ?? family.prompts), ...own };
      const asked = context.options.prompt_name;
      const config = model.json("config.json");
      return embeddingPipeline({
        encode,
        tokenizer,
        dimensions: config.hidden_size * pooling.modes.length,
        ...textLimits(model, tokenizer),
        vocabularySize: config.vocab_size,
        normalized: pooling.normalize,
        prompts,
        prompt: asked === undefined ? "" : launchPrompt(asked, prompts),
      });
    },
  };
}
