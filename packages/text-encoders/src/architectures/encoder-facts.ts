import type { EncoderFacts } from "./architecture.ts";

/** The sizes that most configs have, by these names. */
interface Sizes {
  readonly hidden_size: number;
  readonly max_position_embeddings: number;
  readonly vocab_size: number;
}

/** The facts in a config's sizes. `unused` is how many of its positions no token ever has. */
export function encoderFacts(
  { hidden_size, max_position_embeddings, vocab_size }: Sizes,
  unused = 0,
): EncoderFacts {
  return {
    dimensions: hidden_size,
    maxTokens: max_position_embeddings - unused,
    vocabularySize: vocab_size,
  };
}
