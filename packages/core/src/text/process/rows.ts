import type { Frame } from "../../process/frames.ts";
import type { TextInput, Tokens } from "../tokenizer.ts";
import type { Encoded } from "./protocol.ts";

/** Inputs of one text each, or all of two. */
export type Rows = readonly (readonly TextInput[])[];

/** A row without its ids: texts, and how many ids a tokenised one has. */
export type RowHead = readonly (string | number)[];

/** Rows as they cross to a tokenizer's process: the ids of all of them, if there are any, are one payload. */
export function encodeRows(rows: Rows): {
  readonly heads: readonly RowHead[];
  readonly payloads: readonly Uint8Array[];
} {
  const ids = rows.flat().filter((input) => typeof input !== "string");
  return {
    heads: rows.map((row) => row.map((each) => (typeof each === "string" ? each : each.length))),
    payloads: ids.length > 0 ? [encodeIds(ids)] : [],
  };
}

export function decodeRows(heads: readonly RowHead[], [payload]: readonly Uint8Array[]): Rows {
  const take = taking(payload);
  return heads.map((row) =>
    row.map((each) => (typeof each === "string" ? each : Array.from(take(each)))),
  );
}

/** Results as they cross back: the ids of all of them are one payload, their type ids another. */
export function encodeTokens(tokens: readonly Tokens[]): Frame<Encoded> {
  const rows = tokens.map(({ ids, length }) => ({ count: ids.length, length }));
  return {
    message: { kind: "encoded", rows },
    payloads: [
      encodeIds(tokens.map(({ ids }) => ids)),
      encodeIds(tokens.map(({ typeIds }) => typeIds)),
    ],
  };
}

export function decodeTokens(
  { rows }: Encoded,
  [ids, typeIds]: readonly Uint8Array[],
): readonly Tokens[] {
  const [takeIds, takeTypeIds] = [taking(ids), taking(typeIds)];
  return rows.map(({ count, length }) => ({
    ids: takeIds(count),
    typeIds: takeTypeIds(count),
    length,
  }));
}

/** Rows of ids as one payload. */
export function encodeIds(rows: readonly ArrayLike<number>[]): Uint8Array {
  const { buffer, byteOffset, byteLength } = joined(rows);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export function decodeIds(
  counts: readonly number[],
  [payload]: readonly Uint8Array[],
): readonly (readonly number[])[] {
  const take = taking(payload);
  return counts.map((count) => Array.from(take(count)));
}

function joined(parts: readonly ArrayLike<number>[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Gives the next numbers of a payload at each call, in a memory of their own: rows are kept apart from one another. */
export function taking(payload: Uint8Array = new Uint8Array()): (count: number) => Int32Array {
  const { buffer, byteOffset, byteLength } = payload;
  const all = new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
  let at = 0;
  return (count) => all.slice(at, (at += count));
}
