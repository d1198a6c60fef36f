import type { FileIdentity } from "../shared/file-identity.ts";

/** One tensor of a checkpoint: its type and shape, and where its bytes lie. */
export interface StoredTensor {
  /** safetensors' name of its type: "F32", "F16", "BF16", "I64" and so on. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The file, relative to the weights' folder. */
  readonly location: string;
  /** Its first byte in the file. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
  /** The file when its header was read. A graph over it is not opened once the file has changed. Default: it is not checked. */
  readonly file?: FileIdentity;
}

/** Tensors of a checkpoint by name, wherever they are stored. */
export interface Weights {
  /** Absolute real path of the folder that every `location` is relative to. */
  readonly folder: string;
  /** Names of all tensors. */
  readonly names: readonly string[];
  /**
   * The tensor of that name. `expected` is the shape that a graph wants: a stored checkpoint ignores it, one that is being
   * synthesized takes it.
   */
  get(name: string, expected?: readonly number[]): StoredTensor | undefined;
  /**
   * A matrix of that name [output, input] in eight bits, for a graph that multiplies by it, or a convolution's kernels
   * [output, input, height, width]. `over` says whether it is multiplied with a norm's output. undefined where it is to be used as it is
   * stored. Default: all are.
   */
  quantized?(name: string, shape: readonly number[], over?: OverNorm): QuantizedTensor | undefined;
}

/** The names of a norm's weights, [width] each. */
export interface NormNames {
  readonly weight: string;
  readonly bias?: string;
}

/** The norm whose output a matrix is multiplied with. */
export interface OverNorm extends NormNames {
  /** Matrices of one group are smoothed alike, so that the norm's output is rounded once for all of them. */
  readonly group: string;
}

/**
 * What of a matrix's inputs shares a scale when they are rounded to eight bits. "row": each row has its own, so that its result depends on
 * no other. "run": all rows share one, which is faster.
 */
export type Rounding = "row" | "run";

/** A matrix in eight bits: a row of it is a column of `values` times its scale. */
export interface QuantizedTensor {
  /** I8 [input, output], from -127 to 127. Kernels have the channels of each tap in the place of inputs: [height · width · input, output]. */
  readonly values: StoredTensor;
  /** F32 [output] */
  readonly scales: StoredTensor;
  /** F32 [output]: the sums of the columns of `values`, times their scales. */
  readonly sums: StoredTensor;
  /** What of the inputs shares a scale. */
  readonly rounding: Rounding;
  /** F32 [input]: what inputs are multiplied by beforehand, for which the matrix makes up. Absent: nothing. */
  readonly smoothing?: StoredTensor;
}
