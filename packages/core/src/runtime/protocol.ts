import type { TensorType } from "../graph.ts";

/** A message of the server to a graph's process. Its payloads are the model, when that is in memory, or the feeds. */
export type Request = OpenRequest | RunRequest;

export interface OpenRequest {
  readonly kind: "open";
  /** Path of the model's file. Absent when the model is the payload. */
  readonly path?: string;
  /** Folder that the locations of external data are relative to. */
  readonly folder: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly device: string;
  readonly provider: string;
  readonly threads: number;
}

export interface RunRequest {
  readonly kind: "run";
  readonly feeds: readonly TensorHead[];
  readonly outputs: readonly string[];
}

/** The answer to a request. Answers come in the order of the requests; their payloads are the outputs. */
export type Reply =
  | { readonly kind: "done"; readonly outputs: readonly TensorHead[] }
  | { readonly kind: "failed"; readonly message: string };

/** A tensor without its numbers, which are a payload. */
export interface TensorHead {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
}
