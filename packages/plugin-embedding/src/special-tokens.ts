import type { Tokenizer } from "@kindred/core/text";

/** The ids that a tokenizer puts around one text: BERT's [CLS] and [SEP]. */
export interface SpecialTokens {
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** An id that no vocabulary has. */
const marker = -1;

/** Learns them by encoding a text of one id. */
export async function specialTokensOf(tokenizer: Tokenizer): Promise<SpecialTokens> {
  const [tokens] = await tokenizer.encode([[marker]]);
  const ids = [...tokens!.ids];
  const at = ids.indexOf(marker);
  return { start: ids.slice(0, at), end: ids.slice(at + 1) };
}

/** Ids without the special tokens that a client has put around them already. Ids that have them at one end alone are left as they are. */
export function withoutSpecialTokens(
  ids: readonly number[],
  { start, end }: SpecialTokens,
): readonly number[] {
  const size = start.length + end.length;
  const tail = ids.length - end.length;
  const has =
    ids.length >= size &&
    start.every((id, i) => ids[i] === id) &&
    end.every((id, i) => ids[tail + i] === id);
  return has && size > 0 ? ids.slice(start.length, tail) : ids;
}
