import type { LoadContext } from "@kindred/core";
import {
  allArchitectures,
  defaultPrompt,
  encoderSource,
  maxTokensOf,
  originalOf,
  transformerFolder,
  transformerSettings,
  transformerTokenizer,
} from "@kindred/text-encoders";
import type { EmbeddingCheckpoint, EmbeddingFamily, EmbeddingOptions } from "./family.ts";
import { openEncoder } from "./encoders/open-encoder.ts";
import { matryoshkaOf } from "./folder/matryoshka.ts";
import { poolingOf } from "./folder/pooling.ts";
import { savedSettings } from "./folder/saved-settings.ts";
import { embeddingPipeline } from "./pipeline.ts";
import type { EmbeddingPipeline } from "./pipeline.ts";
import { checkedRanges, unitRanges } from "./quantization/ranges.ts";
import { specialTokensOf } from "./special-tokens.ts";

type Context = LoadContext<EmbeddingOptions, EmbeddingCheckpoint>;

/** Reads a folder's settings, opens its tokenizer and declares its graph. LOAD_FAILED says what is wrong with the folder. */
export async function load(context: Context, family: EmbeddingFamily): Promise<EmbeddingPipeline> {
  const { model, options } = context;
  const { architectures = allArchitectures, checkpoints = [] } = family;
  const transformer = transformerFolder(model);
  const { checkpoint = originalOf(transformer, checkpoints) } = context;
  const defaults = { ...family.defaults, ...checkpoint?.defaults };
  const pooling = poolingOf(model, { modes: [defaults.pooling], normalize: defaults.normalize });
  const settings = transformerSettings(transformer);
  const saved = savedSettings(model);
  const prompts = { ...defaults.prompts, ...saved.prompts };
  const named = { launch: options.prompt, saved: saved.defaultPrompt };

  const encoder = encoderSource(transformer, { architectures, onnx: options.onnx });
  const tokenizer = await transformerTokenizer(context, transformer, settings);
  const opening = { context, pooling, tokenizer, precision: options.precision };
  const { encode, heads, precision } = await openEncoder(encoder, opening);
  const { facts } = encoder;
  const dimensions = facts.dimensions * pooling.modes.length;
  const defaultDimensions = Math.min(saved.dimensions ?? dimensions, dimensions);
  const ranges = options.ranges && checkedRanges(options.ranges, defaultDimensions);
  return embeddingPipeline({
    encode,
    tokenizer,
    specialTokens: await specialTokensOf(tokenizer),
    dimensions,
    defaultDimensions,
    matryoshka: matryoshkaOf(transformer, defaults.matryoshka),
    maxTokens: maxTokensOf(model, settings, tokenizer, facts),
    truncate: options.truncate ?? false,
    vocabularySize: facts.vocabularySize,
    // sentence-transformers cuts vectors after it has normalised them.
    normalized: pooling.normalize && defaultDimensions === dimensions,
    ranges: ranges ?? (pooling.normalize ? unitRanges : undefined),
    prompts,
    defaultPrompt: defaultPrompt(named, prompts),
    skipsPrompts: pooling.includePrompt === false,
    heads,
    precision,
  });
}
