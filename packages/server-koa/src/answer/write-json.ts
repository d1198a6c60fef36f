import { Readable } from "node:stream";
import { TimeSlice } from "@kindred/core";

/** Characters of one chunk: under 2 ms of work. */
const maxChunk = 65_536;
/** Numbers of a typed array formatted at once. */
const maxNumbers = 2_048;

/** A reply's JSON: text when it is short, else a stream that lets the event loop turn between slices. */
export function jsonBody(value: unknown): string | Readable {
  if (charactersLeft(value, maxChunk) >= 0) return JSON.stringify(value, numbersInArrays) ?? "null";
  return Readable.from(jsonSlices(value), { objectMode: false });
}

/**
 * The text of JSON.stringify, in slices between which the event loop turns. Typed arrays stand for arrays of numbers.
 * TypeError for what JSON cannot say, such as a bigint.
 */
export async function* jsonSlices(value: unknown): AsyncGenerator<string> {
  const slice = new TimeSlice();
  let chunk = "";
  for (const piece of pieces(value)) {
    chunk += piece;
    if (chunk.length < maxChunk) continue;
    yield chunk;
    chunk = "";
    await slice.next();
  }
  if (chunk !== "") yield chunk;
}

/** About how many of `max` characters writing a value leaves; below 0 when it is too long, or may be. */
function charactersLeft(value: unknown, max: number): number {
  if (typeof value === "string") return max - value.length;
  if (typeof value !== "object" || value === null) return max - 8;
  if (isNumbers(value)) return max - 20 * value.length;
  if ("toJSON" in value) return -1;
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  let left = max - 8 * parts.length;
  for (const part of parts) {
    if (left < 0) break;
    left = charactersLeft(part, left);
  }
  return left;
}

/** A replacer. It looks at what `this` holds, since of a Buffer `value` is already what its `toJSON` gives. */
function numbersInArrays(this: any, key: string, value: unknown): unknown {
  const held = this[key];
  return isNumbers(held) ? Array.from(held as ArrayLike<number>) : value;
}

function* pieces(value: unknown): Generator<string> {
  if (typeof value === "string") return yield* stringPieces(value);
  if (typeof value !== "object" || value === null) return yield JSON.stringify(value) ?? "null";
  if (isNumbers(value)) return yield* numberPieces(value);
  if ("toJSON" in value && typeof value.toJSON === "function") return yield* pieces(value.toJSON());
  if (Array.isArray(value)) return yield* arrayPieces(value);
  yield* objectPieces(value);
}

function* stringPieces(text: string): Generator<string> {
  if (text.length <= maxChunk) return yield JSON.stringify(text);
  yield '"';
  for (let start = 0, end: number; start < text.length; start = end) {
    end = Math.min(start + maxChunk, text.length);
    // A surrogate pair cut in two would be escaped as two lone halves.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    yield JSON.stringify(text.slice(start, end)).slice(1, -1);
  }
  yield '"';
}

function* numberPieces(numbers: Numbers): Generator<string> {
  yield "[";
  for (let start = 0; start < numbers.length; start += maxNumbers) {
    const some = Array.from(numbers.subarray(start, start + maxNumbers) as ArrayLike<number>);
    yield (start === 0 ? "" : ",") + JSON.stringify(some).slice(1, -1);
  }
  yield "]";
}

function* arrayPieces(array: readonly unknown[]): Generator<string> {
  yield "[";
  for (const [index, element] of array.entries()) {
    if (index > 0) yield ",";
    yield* pieces(element);
  }
  yield "]";
}

function* objectPieces(object: object): Generator<string> {
  let separator = "{";
  for (const [key, value] of Object.entries(object)) {
    if (!isWritten(value)) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    yield* pieces(value);
    separator = ",";
  }
  yield separator === "{" ? "{}" : "}";
}

type Numbers = Exclude<NodeJS.TypedArray, BigInt64Array | BigUint64Array>;

function isNumbers(value: unknown): value is Numbers {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Whether JSON.stringify writes a field of this value. */
function isWritten(value: unknown): boolean {
  return value !== undefined && typeof value !== "function" && typeof value !== "symbol";
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
