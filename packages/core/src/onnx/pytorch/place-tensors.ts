import { shorten } from "../../errors.ts";
import { byteLength } from "../checkpoint/dtype.ts";
import type { Entry } from "../checkpoint/entry.ts";
import { unserved, unsound } from "./flaw.ts";
import type { StorageFacts, TensorFacts } from "./pickle/values.ts";
import type { TensorsRead } from "./read-tensors.ts";
import type { Reading } from "./reading.ts";
import type { Archive, Span } from "./zip/archive.ts";
import { elementCount } from "../element-count.ts";

/**
 * Where tensors lie in their file, by offset. Tensors may share a storage, and each is a row of elements of it: others cannot be
 * mapped. It reads a header for each storage.
 */
export function* placeTensors({
  tensors,
  archive,
  folder,
}: TensorsRead): Reading<readonly Entry[]> {
  const storages = new Map<string, StorageFacts>();
  const spans = new Map<string, Span>();
  const entries: Entry[] = [];
  for (const [name, tensor] of tensors) {
    const { storage } = tensor;
    checkView(name, tensor);
    checkSame(storages.get(storage.key) ?? storage, storage);
    storages.set(storage.key, storage);
    const span = spans.get(storage.key) ?? (yield* locate(storage, archive, folder));
    spans.set(storage.key, span);
    entries.push(entryOf(name, tensor, span));
  }
  checkApart(spans);
  return entries.toSorted((a, b) => a.offset - b.offset || a.length - b.length);
}

function* locate(
  { key, dtype, elements }: StorageFacts,
  archive: Archive,
  folder: string,
): Reading<Span> {
  const span = yield* archive.locate(`${folder}/data/${key}`);
  const length = byteLength(dtype, [elements]);
  if (span.end - span.start === length) return span;
  throw unsound(
    `has a storage "${shorten(key, 80)}" of ${span.end - span.start} bytes, but ${elements} elements of ${dtype} take ${length}`,
  );
}

/** Checks that a tensor's elements follow each other in its storage, the last dim first, and lie within it. */
function checkView(name: string, { storage, offset, shape, strides }: TensorFacts): void {
  const elements = elementCount(shape);
  const told = `has a tensor "${shorten(name, 80)}" [${shape.join(", ")}]`;
  if (offset + elements > storage.elements) {
    throw unsound(
      `${told} at elements ${offset} to ${offset + elements} of a storage that has ${storage.elements}`,
    );
  }
  if (elements === 0) return;
  let due = 1;
  for (const [index, dim] of [...shape.entries()].toReversed()) {
    // No step is ever taken along a dim of 1.
    if (dim > 1 && strides[index] !== due) {
      throw unserved(
        `${told} with strides [${strides.join(", ")}]: its elements do not follow each other, so that it cannot be read in place`,
      );
    }
    due *= dim;
  }
}

function checkSame(one: StorageFacts, other: StorageFacts): void {
  if (one.dtype === other.dtype && one.elements === other.elements) return;
  const [first, second] = [one, other].map(({ dtype, elements }) => `${elements} of ${dtype}`);
  throw unsound(`has a storage "${shorten(one.key, 80)}" of ${first} elements and of ${second}`);
}

function entryOf(name: string, { storage, offset, shape }: TensorFacts, { start }: Span): Entry {
  const { dtype } = storage;
  const before = byteLength(dtype, [offset])!;
  return { name, dtype, shape, offset: start + before, length: byteLength(dtype, shape)! };
}

/** Checks that no two storages share bytes. */
function checkApart(spans: ReadonlyMap<string, Span>): void {
  let last = 0;
  for (const [key, { start, end }] of [...spans].toSorted(
    ([, a], [, b]) => a.start - b.start || a.end - b.end,
  )) {
    if (start < last) {
      throw unsound(
        `has a storage "${shorten(key, 80)}" at bytes ${start} to ${end}, of which those before ${last} are another's`,
      );
    }
    last = end;
  }
}
