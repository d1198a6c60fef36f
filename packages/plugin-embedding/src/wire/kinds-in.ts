import type { EmbeddingKind } from "../kinds/embedding-kind.ts";
import type { EmbeddingsBody } from "./body.ts";

/** FlagEmbedding's flags. The true ones are the kinds that are asked for; Xinference's `return_sparse` asks for no other. */
export interface KindFlags {
  readonly return_dense?: boolean | null | undefined;
  readonly return_sparse?: boolean | null | undefined;
  readonly return_colbert_vecs?: boolean | null | undefined;
}

const kindOf = {
  return_dense: "dense",
  return_sparse: "sparse",
  return_colbert_vecs: "colbert",
} as const satisfies Record<keyof KindFlags, EmbeddingKind>;

export const kindFlags = Object.keys(kindOf) as readonly (keyof KindFlags)[];

/** The kinds of embeddings that a body asks for, each once; undefined when it says none. */
export function kindsIn(
  body: Pick<EmbeddingsBody, "embedding_types" | keyof KindFlags>,
): readonly EmbeddingKind[] | undefined {
  if (body.embedding_types != null) return [...new Set(body.embedding_types)];
  const kinds = kindFlags.filter((flag) => body[flag]).map((flag) => kindOf[flag]);
  return kinds.length > 0 ? kinds : undefined;
}
