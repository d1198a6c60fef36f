import { join } from "node:path";
import { logger } from "@kindred/core";
import type { Graph, LoadContext } from "@kindred/core";
import { joinWeights, openWeights } from "@kindred/core/onnx";
import type { BuiltGraph, PrecisionChoice, Weights } from "@kindred/core/onnx";
import { graphInPrecision, precisionThatFits } from "@kindred/core/precision";
import type { Architecture, EncoderFacts, EncoderOptions } from "../architectures/architecture.ts";
import type { TransformerFolder } from "../folder/transformer-folder.ts";
import { weightFiles } from "../folder/weight-files.ts";
import type { Head } from "../graphs/head.ts";

/** An encoder whose graph is built over the folder's weights. */
export interface BuiltSource {
  readonly kind: "built";
  readonly facts: EncoderFacts;
  /** The files with its weights, in the folder of its Transformer. */
  readonly files: readonly string[];
  /**
   * Declares its graph, which ends in `head`. Called once, when the files are there. LOAD_FAILED when one is not sound. Weights
   * that the graph leaves unused are logged.
   */
  open(context: LoadContext, head: Head, options?: BuiltOptions): Promise<Graph>;
}

export interface BuiltOptions extends EncoderOptions {
  /** Weights of the head that lie in files of their own, which the head sees by these names. Default: it has none of its own. */
  readonly beside?: Readonly<Record<string, Weights>>;
  /** "auto" counts with one text of 512 tokens, or of the most that it takes. Default "float32". */
  readonly precision?: PrecisionChoice | undefined;
}

/** Tokens of a text for which a precision that fits has memory. */
const textTokens = 512;

/** Weights that one line of the log names: a header may have tens of thousands. */
const maxNamed = 20;

/** The encoder that an architecture builds over a file of weights. */
export function builtSource(
  transformer: TransformerFolder,
  architecture: Architecture,
  weights: string,
): BuiltSource {
  const config = transformer.json("config.json");
  const facts = architecture.read(config);
  return {
    kind: "built",
    facts,
    files: weightFiles(transformer, weights),
    async open(context, head, { beside = {}, precision: choice = "float32", ...options } = {}) {
      const { id, path } = context.model;
      const stored = await openWeights(join(path, transformer.directory), weights);
      const joined = joinWeights(stored, beside);
      const build = (held: Weights): BuiltGraph => architecture.graph(config, held, head, options);
      const dims = { input_ids: [1, Math.min(textTokens, facts.maxTokens)] };
      const precision = precisionThatFits(context, choice, { weights: joined, build, dims });
      const source = await graphInPrecision(context, precision, joined, build);
      if (source.unused.length > 0) {
        const named = source.unused.slice(0, maxNamed);
        const told = { model: id, count: source.unused.length, weights: named };
        context.get(logger).warn(told, "weights left unused");
      }
      return context.graph(source);
    },
  };
}
