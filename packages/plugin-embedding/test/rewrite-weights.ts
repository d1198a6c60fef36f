import { readFile, writeFile } from "node:fs/promises";

export interface RewriteOptions {
  /** The name that the file is to give a weight. Values stay. */
  readonly rename?: (name: string) => string;
  /** Weights whose values are to be zeros. */
  readonly zero?: RegExp;
  /** Float32 weights whose values are to begin so many numbers later, and to end with the first ones. */
  readonly turn?: readonly [weights: RegExp, by: number];
  /** Weights whose first half of rows is to change places with the second. */
  readonly swapHalves?: RegExp;
}

/** Changes a .safetensors file. */
export async function rewriteWeights(path: string, options: RewriteOptions): Promise<void> {
  const { rename, zero, swapHalves, turn } = options;
  if (!rename && !zero && !swapHalves && !turn) return;
  const bytes = await readFile(path);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header: Header = JSON.parse(bytes.toString("utf8", 8, end));
  const data = bytes.subarray(end);
  for (const [name, { data_offsets: offsets }] of Object.entries(header)) {
    if (offsets && zero?.test(name)) data.fill(0, ...offsets);
    if (offsets && turn?.[0].test(name)) turned(data.subarray(...offsets), 4 * turn[1]);
    if (offsets && swapHalves?.test(name)) swap(data.subarray(...offsets));
  }
  const entries = Object.entries(header).map(([name, tensor]) => [
    rename && tensor.data_offsets ? rename(name) : name,
    tensor,
  ]);
  const text = JSON.stringify(Object.fromEntries(entries));
  const length = Buffer.alloc(8);
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  length.writeBigUInt64LE(BigInt(padded.length));
  await writeFile(path, Buffer.concat([length, padded, data]));
}

function turned(bytes: Uint8Array, by: number): void {
  bytes.set(Buffer.concat([bytes.subarray(by), bytes.subarray(0, by)]));
}

function swap(bytes: Uint8Array): void {
  const first = bytes.slice(0, bytes.length / 2);
  bytes.copyWithin(0, first.length);
  bytes.set(first, first.length);
}

type Header = Record<string, { readonly data_offsets?: readonly [number, number] }>;
