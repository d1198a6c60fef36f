import type { PlacedTokens } from "../tokenizer.ts";
import type { NativeEncoding, NativeTokenizer } from "./native-tokenizer.ts";
import type { Arrangement } from "./template.ts";

/** A text's tokens with the special tokens around it, which have no place in the text. */
export function placed(
  encoding: NativeEncoding,
  native: NativeTokenizer,
  { runs, size }: Pick<Arrangement, "runs" | "size">,
): PlacedTokens {
  const [before, after] = runs;
  const own = encoding.getIds();
  const ids = Int32Array.from([...before!.ids, ...own, ...after!.ids]);
  const offsets = new Int32Array(2 * (own.length + size));
  for (const [i, [start = 0, end = 0]] of encoding.getOffsets().entries()) {
    offsets.set([start, end], 2 * (before!.ids.length + i));
  }
  // The piece of an unknown word is not in the vocabulary, and its id's token is.
  return { ids, tokens: Array.from(ids, (id) => native.idToToken(id) ?? ""), offsets };
}
