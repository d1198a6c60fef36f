import type { Checkpoint, FamilyFacts, ModelFamily } from "@kindred/core";
import { leastShareOf } from "@kindred/core/onnx";
import type { PrecisionChoice } from "@kindred/core/onnx";
import * as z from "zod";
import {
  allArchitectures,
  encoderSource,
  inModel,
  isTextEncoder,
  precisionSchema,
  smallFiles,
  tokenTasks,
  transformerFolder,
} from "@kindred/text-encoders";
import type { Architecture, Prompts } from "@kindred/text-encoders";
import { headFiles } from "./kinds/open-token-heads.ts";
import type { PoolingMode } from "./graphs/pooling.ts";
import { load } from "./load.ts";
import type { Matryoshka } from "./pipeline.ts";
import { rangesSchema } from "./quantization/ranges.ts";
import type { Ranges } from "./quantization/ranges.ts";
import { embeddingTask } from "./task.ts";

/**
 * A kind of embedding model as a table of facts. The folder's own files win over them: `config.json` decides the architecture,
 * `modules.json` the pooling, `config_sentence_transformers.json` adds prompts. `match` is asked for text encoders, and for
 * folders of an architecture that the family brings. An ONNX export needs no architecture.
 */
export type EmbeddingFamily = FamilyFacts<Architecture, EmbeddingDefaults>;

export type EmbeddingCheckpoint = Checkpoint<EmbeddingDefaults>;

/** Facts of an embedding model that its folder may leave out. */
export interface EmbeddingDefaults {
  /** How token states become a vector when the folder has no `modules.json`. */
  readonly pooling: PoolingMode;
  /** Whether vectors are brought to unit length when the folder has no `modules.json`. */
  readonly normalize: boolean;
  /** Texts before what is embedded, by name. Default: none. */
  readonly prompts?: Prompts;
  /** Fewer dimensions that it was trained for, when its `config.json` does not say. Default: false, none. */
  readonly matryoshka?: Matryoshka;
}

/** The launch options of every embedding family. */
export interface EmbeddingOptions {
  /**
   * The prompt for requests that name none; "" is no prompt. Default: the `default_prompt_name` of the model's folder, else no prompt.
   */
  readonly prompt?: string | undefined;
  /** Cuts texts that are longer than the model takes, for requests that do not say whether to. Default false. */
  readonly truncate?: boolean | undefined;
  /**
   * The ranges of the vectors' numbers, for int8 and uint8, as `ranges` of sentence-transformers' `quantize_embeddings`: [-0.3, 0.3],
   * or a list of lows and a list of highs. Default: 127 steps to 1 for a model that normalises, else none.
   */
  readonly ranges?: Ranges | undefined;
  /**
   * The .onnx file to serve, by its path in the folder or its name: "onnx/model_quantized.onnx". Default: the folder's weights, else its
   * `model.onnx`, else the only export that it has.
   */
  readonly onnx?: string | undefined;
  /** How the graph over weights computes; "auto" is as exactly as fits. An export has a precision of its own. Default "float32". */
  readonly precision?: PrecisionChoice | undefined;
}

const options: z.ZodType<EmbeddingOptions> = z.strictObject({
  prompt: z.string().optional(),
  truncate: z.boolean().optional(),
  ranges: rangesSchema.optional(),
  onnx: z.string().min(1).optional(),
  precision: precisionSchema.optional(),
});

/** A family of the embedding task from its facts. */
export function asModelFamily(
  family: EmbeddingFamily,
): ModelFamily<typeof embeddingTask, EmbeddingOptions, EmbeddingCheckpoint> {
  const { name, checkpoints = [], architectures = allArchitectures } = family;
  return {
    name,
    task: embeddingTask,
    sideTasks: tokenTasks,
    checkpoints,
    options,
    match(model) {
      const config = transformerFolder(model).json("config.json");
      const brought = config ? (family.architectures ?? []) : [];
      const isServed = isTextEncoder(model) || brought.some((each) => each.matches(config));
      return isServed && family.match(model);
    },

    files(model, { onnx }) {
      const transformer = transformerFolder(model);
      const { kind, files } = encoderSource(transformer, { architectures, onnx });
      const heads = kind === "built" ? headFiles(model) : [];
      return [...smallFiles(model, transformer), ...inModel(transformer, files), ...heads];
    },

    leastShare: ({ precision = "float32" }) => leastShareOf(precision),

    load: (context) => load(context, family),
  };
}
