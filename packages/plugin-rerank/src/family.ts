import type { Checkpoint, FamilyFacts, ModelFamily } from "@kindred/core";
import {
  allArchitectures,
  inModel,
  smallFiles,
  tokenTasks,
  transformerFolder,
  precisionSchema,
} from "@kindred/text-encoders";
import type { Architecture } from "@kindred/text-encoders";
import { leastShareOf } from "@kindred/core/onnx";
import type { PrecisionChoice } from "@kindred/core/onnx";
import * as z from "zod";
import type { Activation } from "./folder/activation.ts";
import { isCrossEncoder, notRanking } from "./folder/refusal.ts";
import { load } from "./load.ts";
import { crossEncoderSource } from "./scorers/cross-encoder-source.ts";
import { rerankTask } from "./task.ts";

/**
 * A kind of cross-encoder as a table of facts. The folder's own files win over them. `match` is asked for classifiers of one label over a
 * text encoder. An ONNX export needs no architecture.
 */
export type RerankFamily = FamilyFacts<Architecture, RerankDefaults>;

export type RerankCheckpoint = Checkpoint<RerankDefaults>;

/** Facts of a cross-encoder that its folder may leave out. */
export interface RerankDefaults {
  /** What scores go through when the folder does not say. Default "sigmoid", as CrossEncoder has it. */
  readonly activation?: Activation;
}

/** The launch options of every family of cross-encoders. */
export interface RerankOptions {
  /**
   * The prompt for requests that name none; "" is no prompt. Default: the `default_prompt_name` of the model's folder, else no prompt.
   */
  readonly prompt?: string | undefined;
  /** Cuts pairs that are longer than the model takes, for requests that do not say whether to. Default true. */
  readonly truncate?: boolean | undefined;
  /**
   * The .onnx file to serve, by its path in the folder or its name: "onnx/model_quantized.onnx". Default: the folder's weights, else its
   * `model.onnx`, else the only export that it has.
   */
  readonly onnx?: string | undefined;
  /** How the graph over weights computes; "auto" is as exactly as fits. An export has a precision of its own. Default "float32". */
  readonly precision?: PrecisionChoice | undefined;
}

const options: z.ZodType<RerankOptions> = z.strictObject({
  prompt: z.string().optional(),
  truncate: z.boolean().optional(),
  onnx: z.string().min(1).optional(),
  precision: precisionSchema.optional(),
});

/** A family of the rerank task from its facts. */
export function asModelFamily(
  family: RerankFamily,
): ModelFamily<typeof rerankTask, RerankOptions, RerankCheckpoint> {
  const { name, checkpoints = [], architectures = allArchitectures } = family;
  return {
    name,
    task: rerankTask,
    sideTasks: tokenTasks,
    checkpoints,
    options,
    match: (model) => isCrossEncoder(model) && family.match(model),
    refuse: notRanking,

    files(model, { onnx }) {
      const transformer = transformerFolder(model);
      const { files } = crossEncoderSource(transformer, { architectures, onnx });
      return [...smallFiles(model, transformer), ...inModel(transformer, files)];
    },

    leastShare: ({ precision = "float32" }) => leastShareOf(precision),

    load: (context) => load(context, family),
  };
}
