import type { LexicalWeights } from "../kinds/embedding-kind.ts";
import type { Vector } from "../quantization/output-type.ts";
import type { Embeddings } from "../task.ts";

/** Numbers of a vector, or weights, that a line shows. */
const maxShown = 6;

/** A line for each embedding, for a terminal. */
export function shownTexts({ vectors, sparse = [], colbert = [] }: Embeddings): readonly string[] {
  return [...vectors.map(ofVector), ...sparse.map(ofWeights), ...colbert.map(ofTokens)];
}

function ofVector(vector: Vector): string {
  const isFloat = vector instanceof Float32Array;
  const head = Array.from(vector.subarray(0, maxShown), (x) => x.toFixed(isFloat ? 4 : 0));
  const norm = isFloat ? `, norm ${Math.hypot(...vector).toFixed(4)}` : "";
  return `[${begun(head, vector.length)}]  length ${vector.length}${norm}`;
}

function ofWeights({ ids, weights }: LexicalWeights): string {
  const head = Array.from(ids.subarray(0, maxShown), (id, i) => `${id}: ${weights[i]!.toFixed(4)}`);
  return `{${begun(head, ids.length)}}  ${ids.length} token ids with weights`;
}

function ofTokens(tokens: readonly Float32Array[]): string {
  return `${tokens.length} vectors of tokens, length ${tokens[0]?.length ?? 0}`;
}

function begun(head: readonly string[], length: number): string {
  return [...head, ...(length > head.length ? ["…"] : [])].join(", ");
}
