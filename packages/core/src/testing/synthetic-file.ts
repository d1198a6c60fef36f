import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fill } from "./synthetic-fill.ts";
import type { SyntheticTensor } from "./synthetic-fill.ts";
import { toBfloat16, toFloat16 } from "./synthetic-round.ts";
import { elementCount } from "../onnx/index.ts";

const bytesPer = { F32: 4, F16: 2, BF16: 2, I64: 8 };
const elementsPerChunk = 1 << 20;

/** Writes a .safetensors file of these tensors as a stream. The widest elements come first, so that each lies aligned. */
export async function writeSynthetic(
  file: string,
  tensors: readonly SyntheticTensor[],
): Promise<void> {
  const ordered = tensors.toSorted((a, b) => bytesPer[b.dtype] - bytesPer[a.dtype]);
  await pipeline(Readable.from(chunks(ordered)), createWriteStream(file));
}

function* chunks(tensors: readonly SyntheticTensor[]): Generator<Uint8Array> {
  const header = Buffer.from(JSON.stringify(headerOf(tensors)));
  const padded = Math.ceil(header.length / 8) * 8;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded));
  yield length;
  yield Buffer.concat([header, Buffer.alloc(padded - header.length, " ")]);
  for (const tensor of tensors) {
    const size = elementCount(tensor.shape);
    for (let start = 0; start < size; start += elementsPerChunk) {
      yield encode(tensor, start, Math.min(elementsPerChunk, size - start));
    }
  }
}

function headerOf(tensors: readonly SyntheticTensor[]): Record<string, unknown> {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let offset = 0;
  for (const tensor of tensors) {
    const end = offset + elementCount(tensor.shape) * bytesPer[tensor.dtype];
    const { name, dtype, shape } = tensor;
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  return header;
}

function encode(tensor: SyntheticTensor, start: number, length: number): Uint8Array {
  if (tensor.dtype === "I64") {
    return bytes(BigInt64Array.from({ length }, (_, i) => BigInt(start + i)));
  }
  const values = new Float32Array(length);
  fill(values, start, tensor);
  if (tensor.dtype === "F16") return bytes(toFloat16(values));
  if (tensor.dtype === "BF16") return bytes(toBfloat16(values));
  return bytes(values);
}

function bytes(array: Float32Array | Uint16Array | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
