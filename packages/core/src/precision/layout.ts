import { partsOfBlocks } from "../onnx/blocks.ts";
import type { BlockPrecision } from "../onnx/index.ts";
import type { Matrix } from "./matrix.ts";

/** The parts of a matrix in its file: those of an `Int8Tensor`, or of a `BlockTensor`. */
export type Part = "values" | keyof typeof endings;

/** Where a matrix lies in its file: the first bytes of its parts. */
export type Place = Readonly<Partial<Record<Part, number>>>;

export interface Layout {
  /** The first bytes of the file: the header of a `.safetensors` file. */
  readonly header: Buffer;
  /** In the order of the matrices. */
  readonly places: readonly Place[];
  /** Bytes of the file. */
  readonly size: number;
}

/** What the names of tensors beside a matrix's values end in; a smoothing's begins with its norm's. */
export const endings = {
  scales: ".scale",
  zeros: ".zero",
  sums: ".sum",
  smoothing: ".smoothing",
} as const;

/** Every tensor begins at a multiple of this: the processor's widest vectors are read from there. */
const alignment = 64;

/** What the layout depends on. */
type Placed = Pick<Matrix, "name" | "shape" | "norm" | "precision">;

/** The layout of a `.safetensors` file with these matrices. Those over one norm share its smoothing. */
export function layoutOf(matrices: readonly Placed[]): Layout {
  const tensors = new Tensors();
  const begins = matrices.map(({ precision, ...matrix }) =>
    precision === "int8" ? addInt8(tensors, matrix) : addBlocks(tensors, matrix, precision),
  );
  const json = JSON.stringify(tensors.entries);
  const length = aligned(8 + Buffer.byteLength(json)) - 8;
  const header = Buffer.alloc(8 + length, " ");
  header.writeBigUInt64LE(BigInt(length));
  header.write(json, 8);
  const moved = ([name, begin]: readonly [string, number]) =>
    [name, header.length + begin] as const;
  const places = begins.map((each) => Object.fromEntries(Object.entries(each).map(moved)));
  return {
    header,
    places: places as unknown as readonly Place[],
    size: header.length + tensors.end,
  };
}

function addInt8(
  tensors: Tensors,
  { name, shape: [output, input], norm }: Omit<Placed, "precision">,
): Place {
  return {
    scales: tensors.add(name + endings.scales, "F32", [output]),
    sums: tensors.add(name + endings.sums, "F32", [output]),
    ...(norm && { smoothing: tensors.add(norm.name + endings.smoothing, "F32", [input]) }),
    values: tensors.add(name, "I8", [input, output]),
  };
}

function addBlocks(
  tensors: Tensors,
  { name, shape, norm }: Omit<Placed, "precision">,
  precision: BlockPrecision,
): Place {
  const { values, scales, zeros } = partsOfBlocks(shape, precision);
  return {
    scales: tensors.add(name + endings.scales, "F32", scales.shape),
    zeros: tensors.add(name + endings.zeros, "U8", zeros.shape),
    ...(norm && { smoothing: tensors.add(norm.name + endings.smoothing, "F32", [shape[1]]) }),
    values: tensors.add(name, "U8", values.shape),
  };
}

/** The tensors of a `.safetensors` file, one behind the other. */
class Tensors {
  readonly entries: Record<string, object> = {};
  readonly #begins = new Map<string, number>();
  end = 0;

  /** Returns where it begins, behind the header. One of a name that is there is that one. */
  add(name: string, dtype: "F32" | "I8" | "U8", shape: readonly number[]): number {
    const known = this.#begins.get(name);
    if (known !== undefined) return known;
    const begin = this.end;
    const bytes = shape.reduce((product, dim) => product * dim, dtype === "F32" ? 4 : 1);
    this.entries[name] = { dtype, shape, data_offsets: [begin, begin + bytes] };
    this.end = aligned(begin + bytes);
    // The format has no gaps: the bytes before the next tensor are one of their own.
    if (this.end > begin + bytes) {
      const gap = { dtype: "I8", shape: [this.end - begin - bytes] };
      this.entries[`${name}.gap`] = { ...gap, data_offsets: [begin + bytes, this.end] };
    }
    this.#begins.set(name, begin);
    return begin;
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
