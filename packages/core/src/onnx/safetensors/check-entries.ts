import { KernelError, shorten } from "../../errors.ts";
import { told } from "../../shared/told.ts";
import { byteLength } from "../checkpoint/dtype.ts";
import { maxNameLength, maxRank } from "../checkpoint/entry.ts";
import type { Entry } from "../checkpoint/entry.ts";

/** The part of a file that holds its tensors: the bytes from `start` to before `end`. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/**
 * The tensors of a parsed header, by offset. LOAD_FAILED unless they fill the file to its end without gaps or overlaps, as the
 * format demands.
 */
export function checkEntries(
  file: string,
  header: Readonly<Record<string, unknown>>,
  { start, end }: Extent,
): Entry[] {
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, tensor]) => checkEntry(file, name, tensor, start))
    .toSorted((a, b) => a.offset - b.offset || a.length - b.length);
  let next = start;
  for (const { name, offset, length } of entries) {
    if (offset !== next) {
      const flaw = offset < next ? "overlaps the tensor before it" : "leaves a gap before it";
      throw refuse(file, `"${name}" begins at byte ${offset}, where ${next} is due: it ${flaw}`);
    }
    next = offset + length;
  }
  if (next !== end) throw refuse(file, `its tensors end at byte ${next}, the file at ${end}`);
  return entries;
}

function checkEntry(file: string, name: string, tensor: unknown, start: number): Entry {
  if (name.length > maxNameLength) {
    const message = `the name "${shorten(name, 80)}" has ${name.length} characters; at most ${maxNameLength} are read`;
    throw refuse(file, message);
  }
  if (!isTensor(tensor)) {
    const message = `"${name}" is ${told(tensor)}, without a sound dtype, shape and data_offsets`;
    throw refuse(file, message);
  }
  const {
    dtype,
    shape,
    data_offsets: [from, to],
  } = tensor;
  const length = byteLength(dtype, shape);
  if (length === undefined)
    throw refuse(file, `"${name}" has the unknown dtype ${shorten(dtype, 80)}`);
  if (length !== to - from) {
    const message = `"${name}" takes bytes ${from} to ${to}, ${to - from} in all, but ${dtype} [${shape.join(", ")}] takes ${length}`;
    throw refuse(file, message);
  }
  return { name, dtype, shape, offset: start + from, length };
}

interface StoredHeader {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function isTensor(tensor: unknown): tensor is StoredHeader {
  if (typeof tensor !== "object" || tensor === null) return false;
  const { dtype, shape, data_offsets: offsets } = tensor as Partial<StoredHeader>;
  const isShape = isCounts(shape) && shape.length <= maxRank;
  return typeof dtype === "string" && isShape && isCounts(offsets) && offsets.length === 2;
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function refuse(file: string, flaw: string): KernelError {
  return new KernelError("LOAD_FAILED", `"${file}" is not sound: ${flaw}. Fetch it again.`);
}
