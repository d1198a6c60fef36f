import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import type { Head } from "../graphs/head.ts";

/**
 * A kind of network: how to tell it by its `config.json`, what it takes, and its graph. It knows no model by name; a family
 * does. One folder has one architecture, whichever family serves it.
 */
export interface Architecture {
  /** The name that `model_type` has for it: "bert". Messages use it. */
  readonly name: string;
  /**
   * Whether a folder's `config.json` describes this network and no variant of it that computes otherwise. Called for every
   * launch before any weights are fetched; the first architecture that matches is taken. It does not throw.
   */
  matches(config: ModelConfig): boolean;
  /**
   * The fields of a config with this `model_type` by which it describes a variant that computes otherwise: ["is_decoder"]. The refusal
   * of such a folder names them. It does not throw. Default: none is known.
   */
  differing?(config: ModelConfig): readonly string[];
  /**
   * Reads a config that matches. Called before any weights are fetched. LOAD_FAILED names the fields that are missing or not
   * sound.
   */
  read(config: ModelConfig): EncoderFacts;
  /**
   * The encoder, whose last states `head` turns into outputs: inputs `input_ids` and `attention_mask`, int64 [batch, sequence],
   * and any that `head` declares. Called once when a model is loaded; it reads no weight's values. LOAD_FAILED names a weight
   * that is missing or misshapen, or a setting that the graph does not know.
   */
  graph(config: ModelConfig, weights: Weights, head: Head, options?: EncoderOptions): BuiltGraph;
}

export interface EncoderOptions {
  /**
   * Texts come in pairs. A network that tells the second text of a pair from the first has a further input `token_type_ids`,
   * int64 [batch, sequence]; others have none. Default: false, all tokens are of the first type.
   */
  readonly pairs?: boolean;
}

/** A parsed `config.json` as transformers writes it. Any field may be missing, and its value may be of another type. */
export interface ModelConfig {
  /** The network's kind in transformers: "bert", "xlm-roberta". */
  readonly model_type?: string;
  /** Classes of the saved model: ["BertModel"]. */
  readonly architectures?: readonly string[];
  /** Python code that stands in for transformers' own classes: { AutoModel: "modeling_bert.JinaBertModel" }. */
  readonly auto_map?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The sizes of an encoder's inputs and outputs. */
export interface EncoderFacts {
  /** Numbers in one token's state, and so in a vector that is pooled in one mode. */
  readonly dimensions: number;
  /** Tokens of one text that there are positions for, special tokens included; Infinity when any number is. */
  readonly maxTokens: number;
  /** Token ids are below this. */
  readonly vocabularySize: number;
}
