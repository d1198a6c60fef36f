import type { Matrix } from "./matrix.ts";

/** Where a matrix in eight bits lies in its file. */
export interface Place {
  readonly name: string;
  /** First byte of the values, int8 [input, output]. */
  readonly values: number;
  /** First byte of the scales, float32 [output]. */
  readonly scales: number;
}

export interface Layout {
  /** The first bytes of the file: the header of a `.safetensors` file. */
  readonly header: Buffer;
  readonly places: readonly Place[];
  /** Bytes of the file. */
  readonly size: number;
}

/** What a scale's name ends in. */
export const scaleEnding = ".scale";

/** Every tensor begins at a multiple of this: the processor's widest vectors are read from there. */
const alignment = 64;

/** The layout of a `.safetensors` file with these matrices in eight bits, each `NAME` [input, output] beside `NAME.scale` [output]. */
export function layoutOf(matrices: readonly Pick<Matrix, "name" | "shape">[]): Layout {
  let end = 0;
  const take = (bytes: number): readonly [number, number] => {
    const begin = end;
    end += Math.ceil(bytes / alignment) * alignment;
    return [begin, begin + bytes];
  };
  const tensors = matrices.map(({ name, shape: [output, input] }) => ({
    name,
    scales: { dtype: "F32", shape: [output], data_offsets: take(4 * output) },
    values: { dtype: "I8", shape: [input, output], data_offsets: take(input * output) },
  }));
  const entries = tensors.flatMap(({ name, scales, values }) => [
    [name + scaleEnding, scales] as const,
    [name, values] as const,
  ]);
  const json = JSON.stringify(Object.fromEntries(padded(entries, end)));
  const length = Math.ceil((8 + json.length) / alignment) * alignment - 8;
  const header = Buffer.alloc(8 + length, " ");
  header.writeBigUInt64LE(BigInt(length));
  header.write(json, 8);
  const places = tensors.map(({ name, scales, values }) => ({
    name,
    values: header.length + values.data_offsets[0],
    scales: header.length + scales.data_offsets[0],
  }));
  return { header, places, size: header.length + end };
}

type Entry = readonly [string, { readonly data_offsets: readonly [number, number] }];

/** safetensors' files have no gaps: the bytes between two tensors are a tensor of their own. */
function padded(entries: readonly Entry[], end: number): readonly (readonly [string, object])[] {
  return entries.flatMap(([name, entry], i) => {
    const [, last] = entry.data_offsets;
    const next = entries[i + 1]?.[1].data_offsets[0] ?? end;
    if (next === last) return [[name, entry] as const];
    const gap = { dtype: "U8", shape: [next - last], data_offsets: [last, next] };
    return [[name, entry] as const, [`gap.${i}`, gap] as const];
  });
}
