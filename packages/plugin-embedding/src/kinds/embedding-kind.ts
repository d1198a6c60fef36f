/**
 * What a text is embedded as (M3-Embedding, Chen et al. 2024, arXiv:2402.03216).
 *
 * - "dense": one vector.
 * - "sparse": a weight for each of its tokens, for lexical matching.
 * - "colbert": a vector for each of its tokens, for late interaction (Khattab and Zaharia 2020, arXiv:2004.12832).
 */
export type EmbeddingKind = (typeof embeddingKinds)[number];

export const embeddingKinds = ["dense", "sparse", "colbert"] as const;

/** The embeddings of one text: those that are asked for. */
export interface EncodedText {
  readonly dense?: Float32Array;
  readonly sparse?: LexicalWeights;
  /** One of unit length for each token but the first, in order. */
  readonly colbert?: readonly Float32Array[];
}

/** Weights of a text's tokens, by their ids: a token that comes several times has its greatest weight, and none is 0. */
export interface LexicalWeights {
  /** In the order in which they first come. */
  readonly ids: Int32Array;
  /** One for each id, above 0. */
  readonly weights: Float32Array;
}
