/**
 * The type of a vector's numbers, as sentence-transformers' `quantize_embeddings` defines them.
 *
 * - "float": float32.
 * - "int8", "uint8": each dimension's range in 256 steps, from -128 or from 0 on.
 * - "ubinary": one bit for each dimension, 1 for a number above 0, eight to a byte, the first one highest; "binary": the same bytes
 *   less 128, as int8.
 */
export type OutputType = (typeof outputTypes)[number];

export const outputTypes = ["float", "int8", "uint8", "binary", "ubinary"] as const;

/** A text's vector in one of the output types. */
export type Vector = Float32Array | Int8Array | Uint8Array;
