import type { ModelListing } from "@kindred/core";
import type { Tokenizer } from "@kindred/core/text";

/** Special tokens that have no lexical weight, and their texts where a folder's files say none: XLM-RoBERTa's. */
const tokens = { cls_token: "<s>", eos_token: "</s>", pad_token: "<pad>", unk_token: "<unk>" };

const files = ["tokenizer_config.json", "special_tokens_map.json"];

/** The ids of tokens that FlagEmbedding gives no lexical weight: those that begin, end and fill a text, and the unknown word. */
export async function unweightedIds(
  { json }: ModelListing,
  tokenizer: Pick<Tokenizer, "encode">,
): Promise<ReadonlySet<number>> {
  const texts = Object.entries(tokens).map(([name, otherwise]) => {
    const named = files.map((file) => json(file)?.[name]).find((token) => token != null);
    const text: unknown = named?.content ?? named;
    return typeof text === "string" && text !== "" ? text : otherwise;
  });
  const encoded = await tokenizer.encode(texts, { specialTokens: false });
  // A text that is no token of the vocabulary is split, and its parts are words.
  return new Set(encoded.flatMap(({ ids }) => (ids.length === 1 ? [...ids] : [])));
}
