import { mapInSlices } from "@kindred/core";
import type { TextInput, Tokens } from "@kindred/core/text";
import {
  maxCharacters,
  promptNamed,
  tooManyCharacters,
  unknownId,
  withPrompt,
} from "@kindred/text-encoders";
import type { EncoderInput } from "./encoders/encoder.ts";
import type { EmbeddingModel } from "./pipeline.ts";
import { checkKinds, checkNumbers } from "./kinds/check-kinds.ts";
import { checkOutputType } from "./quantization/check-output-type.ts";
import {
  foreignToken,
  onlyPrompt,
  onlySpecialTokens,
  tooManyTokens,
  unknownToken,
  wrongDimensions,
} from "./request-errors.ts";
import { withoutSpecialTokens } from "./special-tokens.ts";
import type { EmbeddingRequest } from "./task.ts";

/** One text of a request, ready to be run. */
export interface EmbeddingItem extends EncoderInput {
  /** Whether tokens were cut off, since the model takes fewer. */
  readonly isCut: boolean;
}

/** Checks a request and tokenises its texts, each with its prompt. INVALID_INPUT names what is wrong with which text. */
export async function itemsOf(
  request: EmbeddingRequest,
  model: EmbeddingModel,
  signal: AbortSignal,
): Promise<readonly EmbeddingItem[]> {
  const { input, prompt, truncate, dimensions, kinds = ["dense"] } = request;
  const { tokenizer, vocabularySize, heads } = model;
  const maxTokens = maxTokensOf(request, model);
  checkKinds(request, heads);
  if (dimensions !== undefined) checkDimensions(dimensions, model.dimensions);
  checkOutputType(request, model);
  for (const [i, each] of input.entries()) {
    if (typeof each !== "string") checkIds(each, i, vocabularySize);
    else if (each.length > maxCharacters) throw tooManyCharacters(i, each.length);
  }
  const before =
    prompt === undefined ? (model.defaultPrompt?.text ?? "") : promptNamed(prompt, model.prompts);
  const bare = (each: TextInput): TextInput =>
    typeof each === "string" ? each : withoutSpecialTokens(each, model.specialTokens);
  const texts = await mapInSlices(input, bare, signal);
  const prompted = before === "" ? texts : await withPrompt(before, texts, tokenizer);
  const skipped = model.skipsPrompts && before !== "" ? await promptTokens(before, model) : 0;
  const all = await tokenizer.encode(prompted, { maxTokens, signal });
  const mayCut = request.maxTokens !== undefined || (truncate ?? model.truncate);
  const item = ({ ids, length }: Tokens, i: number): EmbeddingItem => {
    if (length > maxTokens && !mayCut) throw tooManyTokens(i, length, maxTokens);
    const unknown = unknownId(ids, vocabularySize);
    if (unknown !== undefined) throw foreignToken(i, unknown, vocabularySize);
    if (skipped > 0 && skipped >= ids.length) throw onlyPrompt(i, maxTokens);
    return { ids, skipped, kinds, isCut: length > maxTokens };
  };
  const items = await mapInSlices(all, item, signal);
  if (kinds.includes("colbert")) {
    const tokens = items.reduce((sum, { ids }) => sum + Math.max(0, ids.length - 1), 0);
    checkNumbers(tokens, heads.colbert ?? 0);
  }
  return items;
}

/** The most tokens of a text that run. */
export function maxTokensOf(
  { maxTokens }: EmbeddingRequest,
  { specialTokens: { start, end }, maxTokens: max }: EmbeddingModel,
): number {
  if (maxTokens === undefined) return max;
  const special = start.length + end.length;
  if (maxTokens <= special) throw onlySpecialTokens(maxTokens, special);
  return Math.min(maxTokens, max);
}

/**
 * How many first tokens of a text sentence-transformers takes for its prompt's: those of the prompt alone, but for one special token at
 * their end.
 */
async function promptTokens(
  prompt: string,
  { tokenizer, maxTokens, specialTokens }: EmbeddingModel,
): Promise<number> {
  const [tokens] = await tokenizer.encode([prompt], { maxTokens });
  return tokens!.ids.length - (specialTokens.end.length > 0 ? 1 : 0);
}

function checkDimensions(dimensions: number, max: number): void {
  if (Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= max) return;
  throw wrongDimensions(dimensions, max);
}

function checkIds(ids: readonly number[], index: number, vocabularySize: number): void {
  const unknown = unknownId(ids, vocabularySize);
  if (unknown !== undefined) throw unknownToken(index, unknown, vocabularySize);
}
