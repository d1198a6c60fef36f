import type { FileIdentity } from "../shared/file-identity.ts";
import type { OpenedWeight } from "./footprint.ts";
import type { WeightOptions } from "./graph.ts";
import type { QuantizedValue, Value } from "./value.ts";
import type { OverNorm } from "./weights.ts";

/** The one door through which weights enter a graph. */
export interface Parameters {
  /** Absolute real path of the folder that the weights' files are relative to. */
  readonly folder: string;
  /** The files that hold the weights that have entered, as far as the checkpoint identifies them. */
  readonly files: readonly FileIdentity[];
  /** The weights that have entered, each once. */
  readonly used: readonly OpenedWeight[];
  /** Names of the checkpoint's weights that have not entered. */
  readonly unused: readonly string[];
  has(name: string): boolean;
  /**
   * A weight by its full name; `shape` is how the graph sees it. Equal requests give the same Value. LOAD_FAILED when it is
   * missing, misshapen or not of floats.
   */
  get(name: string, shape: readonly number[], options: WeightOptions): Value;
  /** A matrix in fewer bits, where the weights have it so. It counts as entered by its own name. */
  quantized(
    name: string,
    shape: readonly number[],
    options: WeightOptions,
    over?: OverNorm,
  ): QuantizedValue | undefined;
}
