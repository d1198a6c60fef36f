import { KernelError } from "../errors.ts";
import type { Draft } from "./draft.ts";
import { elementTypes } from "./element-type.ts";
import type { OpenedTensor } from "./footprint.ts";
import type { WeightOptions } from "./graph.ts";
import type { Value } from "./value.ts";
import type { StoredTensor, Weights } from "./weights.ts";

const floats: Readonly<Record<string, number>> = {
  F32: elementTypes.float32,
  F16: elementTypes.float16,
  BF16: elementTypes.bfloat16,
};

/** TensorProto.DataLocation.EXTERNAL */
const external = 1;

/** The weights that a graph uses: each enters it once, as a reference to the checkpoint's bytes. */
export class Parameters {
  readonly #draft: Draft;
  readonly #weights: Weights;
  readonly #values = new Map<string, Value>();
  readonly #used = new Map<string, OpenedTensor>();

  constructor(draft: Draft, weights: Weights) {
    this.#draft = draft;
    this.#weights = weights;
  }

  has(name: string): boolean {
    return this.#weights.get(name) !== undefined;
  }

  /** `shape` is how the graph sees the bytes. */
  get(name: string, shape: readonly number[], options: WeightOptions): Value {
    const { stored = shape, spread = 1 } = options;
    const key = `${name} [${shape.join()}]`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const tensor = this.#find(name, stored);
    const unique = this.#used.has(name) ? key : name;
    const value = this.#widen(this.#refer(unique, shape, tensor), tensor);
    this.#used.set(name, { ...tensor, spread });
    this.#values.set(key, value);
    return value;
  }

  get folder(): string {
    return this.#weights.folder;
  }

  get used(): OpenedTensor[] {
    return [...this.#used.values()];
  }

  get unused(): string[] {
    return this.#weights.names.filter((name) => !this.#used.has(name));
  }

  #find(name: string, shape: readonly number[]): StoredTensor {
    const needs = `The graph "${this.#draft.name}" needs a weight "${name}" of shape [${shape.join(", ")}]`;
    const advice = "Check that config.json and the weights belong to the same model.";
    const tensor = this.#weights.get(name, shape);
    if (tensor === undefined) {
      throw new KernelError(
        "LOAD_FAILED",
        `${needs}; "${this.#weights.folder}" has none of that name among ${this.#weights.names.length}. ${advice}`,
      );
    }
    const found = `"${tensor.location}" has it as ${tensor.dtype} [${tensor.shape.join(", ")}]`;
    if (trim(tensor.shape) !== trim(shape)) {
      throw new KernelError("LOAD_FAILED", `${needs}; ${found}. ${advice}`);
    }
    if (!(tensor.dtype in floats)) {
      const kinds = Object.keys(floats).join(", ");
      throw new KernelError("LOAD_FAILED", `${needs} in one of ${kinds}; ${found}.`);
    }
    return tensor;
  }

  #refer(name: string, dims: readonly number[], tensor: StoredTensor): Value {
    return this.#draft.initializer({
      name,
      dims,
      dataType: floats[tensor.dtype]!,
      dataLocation: external,
      externalData: [
        { key: "location", value: tensor.location },
        { key: "offset", value: String(tensor.offset) },
        { key: "length", value: String(tensor.length) },
      ],
    });
  }

  #widen(value: Value, tensor: StoredTensor): Value {
    if (tensor.dtype === "F32") return value;
    const [widened] = this.#draft.operator({
      type: "Cast",
      scope: `${value.name}/`,
      inputs: [value],
      attributes: { to: elementTypes.float32 },
    });
    return widened!;
  }
}

/** A shape without trailing ones: they do not change where an element lies. */
function trim(shape: readonly number[]): string {
  return shape.join().replace(/(,1)+$/, "");
}
