import type { EmbeddingKind, LexicalWeights } from "../kinds/embedding-kind.ts";
import type { Vector } from "../quantization/output-type.ts";
import type { Embeddings } from "../task.ts";
import type { EmbeddingsBody } from "./body.ts";
import { kindsIn } from "./kinds-in.ts";

/**
 * The items of a reply. One kind alone is an item's `embedding`, as Xinference replies. Among several, the dense vector is, and the others are
 * beside it.
 */
export function dataOf(
  { vectors, sparse = [], colbert = [] }: Embeddings,
  body: EmbeddingsBody,
): readonly object[] {
  const written = writer(body.encoding_format === "base64");
  const kinds = kindsIn(body) ?? ["dense"];
  const embedded: Readonly<Record<EmbeddingKind, readonly unknown[]>> = {
    dense: vectors.map(written),
    sparse: sparse.map(weightsById),
    colbert: colbert.map((tokens) => tokens.map(written)),
  };
  const [first] = kinds as readonly [EmbeddingKind];
  const isAlone = kinds.length === 1;
  return embedded[first].map((_, index) => {
    const members = kinds.map((kind) => [
      isAlone ? names.dense : names[kind],
      embedded[kind][index],
    ]);
    return { object: isAlone ? names[first] : names.dense, index, ...Object.fromEntries(members) };
  });
}

/** Names of an item's members, and of an item that has that kind alone. */
const names: Readonly<Record<EmbeddingKind, string>> = {
  dense: "embedding",
  sparse: "sparse_embedding",
  colbert: "colbert_embedding",
};

/** Vectors as they are, or in base64, which is encoded when it is written: all vectors at once would hold the event loop. */
function writer(inBase64: boolean): (vector: Vector) => unknown {
  return (vector) => (inBase64 ? { toJSON: () => base64(vector) } : vector);
}

/** Numbers as the machine stores them, which is little-endian wherever onnxruntime-node runs. */
function base64({ buffer, byteOffset, byteLength }: Vector): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

function weightsById({ ids, weights }: LexicalWeights): unknown {
  return { toJSON: () => Object.fromEntries(Array.from(ids, (id, i) => [id, weights[i]])) };
}
