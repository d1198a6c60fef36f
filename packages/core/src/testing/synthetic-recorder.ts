import type { StoredTensor, Weights } from "../onnx/index.ts";

/** Weights that have every tensor that a graph asks for, and remember it. */
export interface Recorder extends Weights {
  /** The shapes asked for, by name. */
  readonly asked: ReadonlyMap<string, readonly number[]>;
}

/** `has` answers requests without a shape: a graph asks so which of two layouts a checkpoint has. */
export function recorder(has: (name: string) => boolean): Recorder {
  const asked = new Map<string, readonly number[]>();
  return {
    folder: "/",
    names: [],
    asked,
    get(name, expected): StoredTensor | undefined {
      if (expected === undefined && !has(name)) return undefined;
      if (expected !== undefined) asked.set(name, expected);
      return { dtype: "F32", shape: expected ?? [], location: "recorded", offset: 0, length: 0 };
    },
  };
}
