import { join } from "node:path";
import { KernelError } from "@kindred/core";
import type { LaunchListing, LoadContext } from "@kindred/core";
import { openTokenizer } from "@kindred/core/text";
import type { Tokenizer } from "@kindred/core/text";
import type { EncoderFacts } from "../architectures/architecture.ts";
import type { TransformerFolder } from "./transformer-folder.ts";
import type { TransformerSettings } from "./transformer-settings.ts";

/**
 * Opens the tokenizer of a model's Transformer, with the changes of its settings. It is disposed with the model. LOAD_FAILED when its
 * files are not sound.
 */
export async function transformerTokenizer(
  { model, signal, use }: Pick<LoadContext, "model" | "signal" | "use">,
  transformer: TransformerFolder,
  { tokenizer: changes, lowercase }: TransformerSettings,
): Promise<Tokenizer> {
  const path = join(model.path, transformer.directory);
  const json = (file: string): unknown => {
    const members = transformer.json(file);
    return file === "tokenizer_config.json" ? { ...members, ...changes } : members;
  };
  return use(await openTokenizer({ path, json }, { lowercase, signal }));
}

/**
 * Tokens that a model takes at once, special tokens included: those that its settings say, else its tokenizer, as far as it has positions.
 * LOAD_FAILED when nothing tells.
 */
export function maxTokensOf(
  { id }: LaunchListing,
  settings: TransformerSettings,
  tokenizer: Tokenizer,
  facts: EncoderFacts,
): number {
  const limit = settings.maxTokens ?? tokenizer.maxTokens ?? Infinity;
  const maxTokens = Math.min(limit, facts.maxTokens);
  if (Number.isSafeInteger(maxTokens)) return maxTokens;
  throw new KernelError(
    "LOAD_FAILED",
    `Nothing says how many tokens "${id}" takes. Add max_seq_length to its sentence_bert_config.json.`,
  );
}
