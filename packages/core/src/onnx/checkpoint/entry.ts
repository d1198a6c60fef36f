import type { FileIdentity } from "../../shared/file-identity.ts";

/** Dims of one tensor; PyTorch has as many at most. */
export const maxRank = 64;

/** Characters of a tensor's name. Messages and logs quote it. */
export const maxNameLength = 1000;

/** A tensor of one file. Its offset counts from the file's first byte; offset and length are in bytes. */
export interface Entry {
  readonly name: string;
  /** safetensors' name of its type: "F32", "F16", "BF16", "I64" and so on. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** The tensors of one file, and the file as it was when they were read. */
export interface FileTensors {
  /** By offset. */
  readonly entries: readonly Entry[];
  readonly file: FileIdentity;
}
