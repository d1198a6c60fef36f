import type { Checkpoint, ModelFamily } from "@kindred/core";
import { openTokenizer } from "@kindred/core/text";
import * as z from "zod";
import { allArchitectures } from "./architectures/all-architectures.ts";
import type { Architecture } from "./architectures/architecture.ts";
import { encoderSource } from "./encoders/encoder-source.ts";
import { poolingOf } from "./folder/modules.ts";
import { originalOf } from "./folder/names.ts";
import { smallFiles } from "./folder/small-files.ts";
import { textLimits } from "./folder/text-limits.ts";
import type { PoolingMode } from "./graphs/pooling.ts";
import { embeddingPipeline } from "./pipeline.ts";
import { launchPrompt } from "./prompts.ts";
import type { Prompts } from "./prompts.ts";
import { embeddingTask } from "./task.ts";

/**
 * A kind of embedding model as a table of facts. The folder's own files win over them: `config.json` decides the architecture,
 * `modules.json` the pooling, `config_sentence_transformers.json` adds prompts.
 */
export interface EmbeddingFamily {
  /** kebab-case, unique in a kernel. */
  readonly name: string;
  readonly checkpoints?: readonly EmbeddingCheckpoint[];
  /** Whether a model is of this family: see `ModelFamily.match`. Names decide it, rather than the architecture. */
  match: ModelFamily["match"];
  /**
   * The architectures that build its graphs from weights; the first that matches `config.json` does. Default: all that this
   * package has. An ONNX export needs none.
   */
  readonly architectures?: readonly Architecture[];
  /** How token states become a vector when the folder has no `modules.json`. */
  readonly pooling: PoolingMode;
  /** Whether vectors are brought to unit length when the folder has no `modules.json`. */
  readonly normalize: boolean;
  /** Default: none. */
  readonly prompts?: Prompts;
}

export interface EmbeddingCheckpoint extends Checkpoint {
  /** Default: the family's. */
  readonly prompts?: Prompts;
}

/** The launch options of every embedding family. */
export interface EmbeddingOptions {
  /** The prompt for requests that name none. Default: no prompt. */
  readonly prompt_name?: string | undefined;
}

const options: z.ZodType<EmbeddingOptions> = z.strictObject({ prompt_name: z.string().optional() });

/** A family of the embedding task from its facts. */
export function asModelFamily(
  family: EmbeddingFamily,
): ModelFamily<typeof embeddingTask, EmbeddingOptions, EmbeddingCheckpoint> {
  const { name, checkpoints = [], architectures = allArchitectures } = family;
  return {
    name,
    task: embeddingTask,
    checkpoints,
    options,
    match: (model) => family.match(model),
    files: (model) => [...smallFiles(model), ...encoderSource(model, architectures).files],

    async load(context) {
      const { model, checkpoint = originalOf(model, checkpoints) } = context;
      const pooling = poolingOf(model, { modes: [family.pooling], normalize: family.normalize });
      const encoder = encoderSource(model, architectures);
      const encode = await encoder.open(context, pooling);
      const tokenizer = context.use(await openTokenizer(model));
      const own = model.json("config_sentence_transformers.json")?.prompts;
      const prompts: Prompts = { ...(checkpoint?.prompts ?? family.prompts), ...own };
      const asked = context.options.prompt_name;
      const { dimensions, maxTokens, vocabularySize } = encoder.facts;
      return embeddingPipeline({
        encode,
        tokenizer,
        dimensions: dimensions * pooling.modes.length,
        ...textLimits(model, tokenizer, maxTokens),
        vocabularySize,
        normalized: pooling.normalize,
        prompts,
        prompt: asked === undefined ? "" : launchPrompt(asked, prompts),
      });
    },
  };
}
