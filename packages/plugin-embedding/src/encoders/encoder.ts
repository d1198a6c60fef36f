import type { Call } from "@kindred/core";
import type { TokenRow } from "@kindred/text-encoders";
import type { EmbeddingKind, EncodedText } from "../kinds/embedding-kind.ts";

/** One text as an encoder takes it. */
export interface EncoderInput extends TokenRow {
  /** The first ids that pooling leaves out: the prompt's, for a pooling without prompts. Fewer than there are ids. */
  readonly skipped: number;
  /** The embeddings that it is to have. */
  readonly kinds: readonly EmbeddingKind[];
}

/** Embeds the tokens of several texts, in order and in one run. The kernel calls it for each run. */
export type Encoder = (
  items: readonly EncoderInput[],
  call: Pick<Call, "signal">,
) => Promise<readonly EncodedText[]>;
