/** Where one tensor of a checkpoint lies. */
export interface StoredTensor {
  /** As safetensors writes it: "F32", "F16", "BF16", "I64" and so on. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The file, relative to the weights' folder. */
  readonly location: string;
  /** First byte and number of bytes within the file. */
  readonly offset: number;
  readonly length: number;
}

/** Tensors of a checkpoint by name, wherever they are stored. */
export interface Weights {
  /** Absolute real path of the folder that every `location` is relative to. */
  readonly folder: string;
  readonly names: readonly string[];
  /** `expected` is the shape a graph wants; stored checkpoints ignore it, one that is being synthesized takes it. */
  get(name: string, expected?: readonly number[]): StoredTensor | undefined;
}
