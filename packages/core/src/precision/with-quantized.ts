import { join, relative } from "node:path";
import { commonFolder } from "../onnx/common-folder.ts";
import type {
  QuantizedTensor,
  RoundedPrecision,
  Rounding,
  StoredTensor,
  Weights,
} from "../onnx/index.ts";
import { endings } from "./layout.ts";

export interface Held {
  readonly precision: RoundedPrecision;
  /** What of the inputs shares a scale, in "int8". With "run", none is smoothed. */
  readonly rounding: Rounding;
}

/** The same weights, with the matrices that `stored`, a file of the store, has of them. */
export function withQuantized(
  weights: Weights,
  stored: Pick<Weights, "folder" | "get">,
  { precision, rounding }: Held,
): Weights {
  const folder = commonFolder([weights, stored].map((each) => join(each.folder, "file")));
  const placed = (from: Pick<Weights, "folder">, tensor: StoredTensor): StoredTensor => {
    return { ...tensor, location: relative(folder, join(from.folder, tensor.location)) };
  };
  const find = (name: string) => {
    const found = stored.get(name);
    return found && placed(stored, found);
  };
  return {
    folder,
    names: weights.names,
    get(name, expected) {
      const tensor = weights.get(name, expected);
      return tensor && placed(weights, tensor);
    },
    quantized(name, _shape, over): QuantizedTensor | undefined {
      const [values, scales] = [find(name), find(name + endings.scales)];
      if (!values || !scales) return undefined;
      const smoothing =
        over && rounding === "row" ? find(over.group + endings.smoothing) : undefined;
      if (precision !== "int8") {
        const zeros = find(name + endings.zeros);
        return zeros && { precision, values, scales, zeros, ...(smoothing && { smoothing }) };
      }
      const sums = find(name + endings.sums);
      return sums && { precision, values, scales, sums, rounding, ...(smoothing && { smoothing }) };
    },
  };
}
