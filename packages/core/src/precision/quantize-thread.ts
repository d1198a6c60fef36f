import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { layoutOf } from "./layout.ts";
import type { Part } from "./layout.ts";
import type { Matrix, Norm, StoredVector } from "./matrix.ts";
import { emptyBlocks, quantizeBlocks } from "./quantize-blocks.ts";
import { quantizeRows } from "./quantize-rows.ts";
import type { QuantizedMatrix } from "./quantize-rows.ts";
import { smoothingOf } from "./smoothing.ts";
import { toFloats } from "./to-floats.ts";

/** What the thread is given. */
export interface QuantizeTask {
  readonly matrices: readonly Omit<Matrix, "file">[];
  /** Absolute path of the file to write. */
  readonly target: string;
}

/** What the thread says. */
export type QuantizeNews =
  /** Bytes of the matrices that are done. */
  | { readonly done: number }
  /** SHA-256 of all bytes that were read, once the file is written and on the disk. */
  | { readonly sha256: string }
  | { readonly error: string; readonly code?: string | undefined };

type Task = QuantizeTask["matrices"][number];

/** What is written of a matrix. */
type Parts = { readonly [Each in Part]?: Numbers };
type Numbers = Int8Array | Uint8Array | Float32Array;

/** Bytes that are read at a time. */
const sliceBytes = 4 << 20;

const { matrices, target } = workerData as QuantizeTask;
const hash = createHash("sha256");
const inputs = new Map<string, FileHandle>();
const tell = (news: QuantizeNews): void => parentPort!.postMessage(news);

try {
  tell({ sha256: await quantize() });
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  tell({ error: message, code });
}

async function quantize(): Promise<string> {
  const { header, places, size } = layoutOf(matrices);
  const output = await open(target, "w", 0o644);
  const smoothings = new Map<string, Float32Array>();
  let done = 0;
  try {
    await output.truncate(size);
    await writeAll(output, header, 0);
    for (const [i, matrix] of matrices.entries()) {
      const { norm } = matrix;
      const smoothing = norm && (smoothings.get(norm.name) ?? (await smoothingFor(norm)));
      if (norm && smoothing) smoothings.set(norm.name, smoothing);
      const heard = (bytes: number): void => tell({ done: (done += bytes) });
      const made = await quantized(matrix, smoothing, heard);
      for (const [part, place] of Object.entries(places[i]!))
        await writeAll(output, bytesOf(made[part as Part]!), place);
    }
    await output.sync();
  } finally {
    await output.close();
    for (const file of inputs.values()) await file.close();
  }
  return hash.digest("hex");
}

/** The smoothing of all matrices over a norm. */
async function smoothingFor({ name, weight, bias }: Norm): Promise<Float32Array> {
  const over = matrices.filter(({ norm }) => norm?.name === name);
  const columns = new Float32Array(over[0]!.shape[1]);
  for (const matrix of over)
    for await (const { rows } of rowsOf(matrix))
      for (let i = 0; i < rows.length; i++) {
        const column = i % columns.length;
        columns[column] = Math.max(columns[column]!, Math.abs(rows[i]!));
      }
  return smoothingOf(await vector(weight), bias && (await vector(bias)), columns);
}

async function vector({ path, offset, length, dtype }: StoredVector): Promise<Float32Array> {
  const bytes = await readAll(path, offset, length);
  hash.update(bytes);
  return toFloats.get(dtype)!(bytes);
}

/** The parts of a matrix in a precision. `heard` hears of the bytes that are done. */
async function quantized(
  matrix: Task,
  smoothing: Float32Array | undefined,
  heard: (bytes: number) => void,
): Promise<Parts> {
  const { precision, shape, taps } = matrix;
  const smooth = smoothing && { smoothing };
  if (precision !== "int8") {
    const blocks = { ...emptyBlocks(shape, precision), ...smooth };
    await readRows(matrix, (rows, first) => quantizeBlocks(rows, first, blocks), heard);
    return blocks;
  }
  const [output, input] = shape;
  const making: QuantizedMatrix = {
    input,
    output,
    taps,
    values: new Int8Array(input * output),
    scales: new Float32Array(output),
    sums: new Float32Array(output),
    ...smooth,
  };
  await readRows(matrix, (rows, first) => quantizeRows(rows, first, making), heard);
  return making;
}

/** Gives all rows of a matrix, those that are read at a time together, with the number of their first. */
async function readRows(
  matrix: Task,
  quantize: (rows: Float32Array, first: number) => void,
  heard: (bytes: number) => void,
): Promise<void> {
  for await (const { rows, first, bytes } of rowsOf(matrix)) {
    hash.update(bytes);
    quantize(rows, first);
    heard(bytes.length);
  }
}

interface Rows {
  readonly rows: Float32Array;
  /** The number of the first. */
  readonly first: number;
  /** As they are stored. */
  readonly bytes: Uint8Array;
}

/** Error for a row that is not of finite numbers. */
async function* rowsOf({
  name,
  shape: [output, input],
  dtype,
  path,
  offset,
}: Task): AsyncGenerator<Rows> {
  const rowBytes = input * (dtype === "F32" ? 4 : 2);
  const rowsAtOnce = Math.max(1, Math.floor(sliceBytes / rowBytes));
  for (let first = 0; first < output; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, output - first);
    const bytes = await readAll(path, offset + first * rowBytes, count * rowBytes);
    const rows = toFloats.get(dtype)!(bytes);
    const strange = rows.findIndex((value) => !Number.isFinite(value));
    if (strange >= 0) {
      const row = first + Math.floor(strange / input);
      throw new Error(`"${name}" is not of finite numbers: row ${row} has ${rows[strange]}`);
    }
    yield { rows, first, bytes };
  }
}

async function readAll(path: string, position: number, length: number): Promise<Uint8Array> {
  const file = inputs.get(path) ?? (await open(path));
  inputs.set(path, file);
  const bytes = Buffer.allocUnsafe(length);
  for (let read = 0; read < length;) {
    const { bytesRead } = await file.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) throw new Error(`${path} ends before its last weight`);
    read += bytesRead;
  }
  return bytes;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const length = Math.min(bytes.length - written, 1 << 30);
    const { bytesWritten } = await file.write(bytes, written, length, position + written);
    written += bytesWritten;
  }
}

function bytesOf({ buffer }: Numbers): Uint8Array {
  return new Uint8Array(buffer);
}
