import { readFileSync } from "node:fs";

/** Vectors that sentence-transformers gave, by the names of texts. */
export interface Golden {
  readonly vectors: Readonly<Record<string, Float32Array>>;
  /** Vectors of texts after a prompt. */
  readonly prompted: Readonly<Record<string, Float32Array>>;
  /** The vector of a text beyond the limit, cut. */
  readonly truncated: Float32Array | undefined;
  /** The vector of a text that has its padding's token inside. */
  readonly padded: Float32Array | undefined;
  /** The vector of token ids from all over the vocabulary. */
  readonly ids: Float32Array | undefined;
  /** Vectors of such ids by their count, special tokens included. */
  readonly lengths: Readonly<Record<number, Float32Array>>;
}

export const texts: Readonly<Record<string, string>> = read("fixtures/texts.json");

export function golden(name: string): Golden {
  const {
    vectors,
    prompted = {},
    truncated,
    padded,
    ids,
    lengths = {},
  } = read(`golden/${name}.json`);
  return {
    vectors: unpackAll(vectors),
    prompted: unpackAll(prompted),
    truncated: truncated && unpack(truncated),
    padded: padded && unpack(padded),
    ids: ids && unpack(ids),
    lengths: unpackAll(lengths),
  };
}

export function distance(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a?.length !== b?.length || !a || !b) return Infinity;
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i]!)), 0);
}

export function read(file: string): any {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
}

function unpackAll(packed: Record<string, string>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(packed).map(([name, text]) => [name, unpack(text)]));
}

export function unpack(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return new Float32Array(bytes.buffer);
}
