import type { FileIdentity } from "../shared/file-identity.ts";

/** A matrix of a checkpoint that is to be held in eight bits. */
export interface Matrix {
  /** Its name as the weights have it. */
  readonly name: string;
  /** [output, input]. The kernels of a convolution count their taps as inputs. */
  readonly shape: readonly [number, number];
  /** Taps of a convolution's kernel, which the file has input after input, and eight bits tap after tap. 1 for a matrix. */
  readonly taps: number;
  /** safetensors' name of its type: "F32", "F16" or "BF16". */
  readonly dtype: string;
  /** Absolute path of its file. */
  readonly path: string;
  /** Its first byte in the file. */
  readonly offset: number;
  /** Its number of bytes. */
  readonly length: number;
  /** The file when its header was read. */
  readonly file: FileIdentity;
  /** The norm whose output it is multiplied with. Absent: another value. */
  readonly norm?: Norm;
}

/** A norm's weights, by which the size of each channel of its output can be told. */
export interface Norm {
  /** The name of its smoothing, which matrices of one group share. */
  readonly name: string;
  readonly weight: StoredVector;
  readonly bias?: StoredVector;
}

/** Floats of a checkpoint, one after the other. */
export type StoredVector = Pick<Matrix, "dtype" | "path" | "offset" | "length">;
