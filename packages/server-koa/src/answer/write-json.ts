import { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";

/** Characters written between two turns of the event loop: under 2 ms of work. */
const sliceLength = 65_536;
/** Numbers of a typed array formatted at a stretch. */
const numbersAtOnce = 2_048;

/** A reply's body: text when it is short, else a stream that lets the event loop turn between slices. */
export function jsonBody(value: unknown): string | Readable {
  const slices = joined(pieces(value));
  const { value: head = "" } = slices.next();
  const { value: second } = slices.next();
  if (second === undefined) return head;
  return Readable.from(turning(head + second, slices), { objectMode: false });
}

/** JSON.stringify in slices; typed arrays stand for arrays of numbers. */
export function jsonSlices(value: unknown): AsyncIterable<string> {
  const slices = joined(pieces(value));
  const { value: head = "" } = slices.next();
  return turning(head, slices);
}

async function* turning(head: string, rest: Iterable<string>): AsyncGenerator<string> {
  yield head;
  for (const slice of rest) {
    await turn();
    yield slice;
  }
}

function* joined(texts: Iterable<string>): Generator<string, undefined> {
  let slice = "";
  for (const text of texts) {
    slice += text;
    if (slice.length >= sliceLength) {
      yield slice;
      slice = "";
    }
  }
  if (slice !== "") yield slice;
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
  if (text.length <= sliceLength) return yield JSON.stringify(text);
  yield '"';
  for (let start = 0, end: number; start < text.length; start = end) {
    end = Math.min(start + sliceLength, text.length);
    // A surrogate pair cut in two would be escaped as two lone halves.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    yield JSON.stringify(text.slice(start, end)).slice(1, -1);
  }
  yield '"';
}

function* numberPieces(numbers: Numbers): Generator<string> {
  yield "[";
  for (let start = 0; start < numbers.length; start += numbersAtOnce) {
    const some = Array.from(numbers.subarray(start, start + numbersAtOnce) as ArrayLike<number>);
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

function isNumbers(value: object): value is Numbers {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function isWritten(value: unknown): boolean {
  return value !== undefined && typeof value !== "function" && typeof value !== "symbol";
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
