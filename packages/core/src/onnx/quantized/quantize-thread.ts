import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { layoutOf } from "./layout.ts";
import type { Matrix } from "./matrix.ts";
import { quantizeRows } from "./quantize-rows.ts";
import type { Quantizing } from "./quantize-rows.ts";
import { toFloats } from "./to-floats.ts";

/** What the thread is given. */
export interface QuantizeTask {
  readonly matrices: readonly Pick<Matrix, "name" | "shape" | "dtype" | "path" | "offset">[];
  /** Absolute path of the file to write. */
  readonly target: string;
}

/** What the thread says. */
export type QuantizeNews =
  /** Bytes of the checkpoint that are done. */
  | { readonly done: number }
  /** SHA-256 of all bytes that were read, once the file is written and on the disk. */
  | { readonly sha256: string }
  | { readonly error: string; readonly code?: string | undefined };

/** Bytes that are read at a time. */
const sliceBytes = 4 << 20;

const { matrices, target } = workerData as QuantizeTask;
const tell = (news: QuantizeNews): void => parentPort!.postMessage(news);

try {
  tell({ sha256: await quantize() });
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  tell({ error: message, code });
}

async function quantize(): Promise<string> {
  const hash = createHash("sha256");
  const { header, places, size } = layoutOf(matrices);
  const inputs = new Map<string, FileHandle>();
  const output = await open(target, "w", 0o644);
  let done = 0;
  try {
    await output.truncate(size);
    await output.write(header, 0, header.length, 0);
    for (const [i, matrix] of matrices.entries()) {
      const file = inputs.get(matrix.path) ?? (await open(matrix.path));
      inputs.set(matrix.path, file);
      const { values, scales } = await quantized(matrix, file, (bytes) => {
        hash.update(bytes);
        done += bytes.length;
        tell({ done });
      });
      const place = places[i]!;
      await writeAll(output, Buffer.from(scales.buffer), place.scales);
      await writeAll(output, Buffer.from(values.buffer), place.values);
    }
    await output.sync();
  } finally {
    await output.close();
    for (const file of inputs.values()) await file.close();
  }
  return hash.digest("hex");
}

async function quantized(
  { name, shape: [output, input], dtype, offset }: QuantizeTask["matrices"][number],
  file: FileHandle,
  heard: (bytes: Uint8Array) => void,
): Promise<Quantizing> {
  const making: Quantizing = {
    values: new Int8Array(input * output),
    scales: new Float32Array(output),
    input,
    output,
  };
  const rowBytes = input * (dtype === "F32" ? 4 : 2);
  const rowsAtOnce = Math.max(1, Math.floor(sliceBytes / rowBytes));
  for (let first = 0; first < output; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, output - first);
    const bytes = await readAll(file, offset + first * rowBytes, count * rowBytes, name);
    heard(bytes);
    try {
      quantizeRows(toFloats.get(dtype)!(bytes), first, making);
    } catch (error) {
      throw new Error(`"${name}" is not of finite numbers: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return making;
}

async function readAll(
  file: FileHandle,
  position: number,
  length: number,
  name: string,
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  for (let read = 0; read < length;) {
    const { bytesRead } = await file.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) throw new Error(`the file of "${name}" ends before its last byte`);
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
