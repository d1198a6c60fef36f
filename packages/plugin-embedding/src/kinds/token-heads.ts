import { concat, linear, normalize, reshape, shapeOf } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import type { Head } from "@kindred/text-encoders";

/** The heads of an M3 model beside its pooling. */
export interface TokenHeads {
  /** Their weights, by the names that the graph has for them. */
  readonly weights: Readonly<Record<string, Weights>>;
  /** Whether it weighs tokens. */
  readonly sparse: boolean;
  /** Numbers in a token's vector; undefined when tokens have none. */
  readonly colbert: number | undefined;
}

export const noTokenHeads: TokenHeads = { weights: {}, sparse: false, colbert: undefined };

/** Names of the heads' weights, and of their files without an extension, as FlagEmbedding saves them. */
export const headNames = { sparse: "sparse_linear", colbert: "colbert_linear" } as const;

/** Outputs of the graph. */
export const tokenWeights = "token_weights";
export const tokenVectors = "token_vectors";

/**
 * The head that gives each token of `width` numbers its weight, `token_weights` float32 [batch, sequence], and its vector of unit
 * length, `token_vectors` float32 [batch, sequence, colbert]. Padding has both, which mean nothing.
 */
export const tokenHeads =
  ({ sparse, colbert }: TokenHeads, width: number): Head =>
  (g, { states, mask }) => {
    const tokens = reshape(g, states, [-1, width]);
    const dims = shapeOf(g, mask);
    if (sparse) {
      const weights = g.node("Relu", [
        linear(g.at(headNames.sparse), tokens, width, 1, { exact: true }),
      ]);
      g.output(tokenWeights, reshape(g, weights, dims));
    }
    if (colbert !== undefined) {
      const vectors = normalize(g, linear(g.at(headNames.colbert), tokens, width, colbert));
      g.output(tokenVectors, reshape(g, vectors, concat(g, [dims, g.int64([colbert])], 0)));
    }
  };
