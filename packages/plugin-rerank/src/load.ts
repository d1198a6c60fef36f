import { KernelError } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import {
  allArchitectures,
  defaultPrompt,
  maxTokensOf,
  originalOf,
  transformerFolder,
  transformerTokenizer,
} from "@kindred/text-encoders";
import type { RerankCheckpoint, RerankFamily, RerankOptions } from "./family.ts";
import { activationOf } from "./folder/activation.ts";
import { checkModules } from "./folder/check-modules.ts";
import { notRanking } from "./folder/refusal.ts";
import { savedSettings } from "./folder/saved-settings.ts";
import { rerankPipeline } from "./pipeline.ts";
import type { RerankPipeline } from "./pipeline.ts";
import { crossEncoderSource } from "./scorers/cross-encoder-source.ts";
import { openScorer } from "./scorers/scorer.ts";

type Context = LoadContext<RerankOptions, RerankCheckpoint>;

/** Reads a folder's settings, opens its tokenizer and declares its graph. LOAD_FAILED says what is wrong with the folder. */
export async function load(context: Context, family: RerankFamily): Promise<RerankPipeline> {
  const { model, options } = context;
  const { architectures = allArchitectures, checkpoints = [] } = family;
  // A launch may name the family of a folder that `match` would deny.
  const refusal = notRanking(model);
  if (refusal !== undefined) throw new KernelError("LOAD_FAILED", refusal);
  checkModules(model);
  const transformer = transformerFolder(model);
  const { checkpoint = originalOf(transformer, checkpoints) } = context;
  const { activation = "sigmoid" } = { ...family.defaults, ...checkpoint?.defaults };
  const saved = savedSettings(model, transformer);
  const named = { launch: options.prompt, saved: saved.defaultPrompt };

  const source = crossEncoderSource(transformer, { architectures, onnx: options.onnx });
  const config = transformer.json("config.json") ?? {};
  const opened = await openScorer(source, context, { config, precision: options.precision });
  const tokenizer = await transformerTokenizer(context, transformer, saved.transformer);
  return rerankPipeline({
    ...opened,
    tokenizer,
    activation: activationOf(saved, transformer, activation),
    maxTokens: maxTokensOf(model, saved.transformer, tokenizer, source.facts),
    truncate: options.truncate ?? true,
    vocabularySize: source.facts.vocabularySize,
    prompts: saved.prompts,
    defaultPrompt: defaultPrompt(named, saved.prompts),
  });
}
