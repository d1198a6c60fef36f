import { KernelError } from "../errors.ts";
import type { FileIdentity } from "../shared/file-identity.ts";
import type { Draft } from "./draft.ts";
import { elementTypes } from "./element-type.ts";
import type { OpenedWeight } from "./footprint.ts";
import type { WeightOptions } from "./graph.ts";
import type { Parameters } from "./parameters.ts";
import { heldType } from "./precision.ts";
import type { QuantizedValue, Value } from "./value.ts";
import type { OverNorm, StoredTensor, Weights } from "./weights.ts";

/** ONNX's number for each stored type of which a graph can be made. */
const storedTypes: Readonly<Record<string, number>> = {
  F32: elementTypes.float32,
  F16: elementTypes.float16,
  BF16: elementTypes.bfloat16,
};

/** ONNX's numbers of the types that floats and matrices in eight bits are held in. */
const { elementType: float32 } = heldType("float32");
const { elementType: int8 } = heldType("int8");

/** TensorProto.DataLocation.EXTERNAL of onnx.proto. */
const external = 1;

/** A checkpoint's weights in a graph: each is a reference to the bytes in the checkpoint's file, held as float32 or in eight bits. */
export class StoredParameters implements Parameters {
  readonly #draft: Draft;
  readonly #weights: Weights;
  readonly #values = new Map<string, Value>();
  readonly #quantized = new Map<string, QuantizedValue>();
  readonly #used = new Map<string, OpenedWeight>();
  readonly #files = new Set<FileIdentity>();

  constructor(draft: Draft, weights: Weights) {
    this.#draft = draft;
    this.#weights = weights;
  }

  get folder(): string {
    return this.#weights.folder;
  }

  get used(): readonly OpenedWeight[] {
    return [...this.#used.values()];
  }

  get files(): readonly FileIdentity[] {
    return [...this.#files];
  }

  get unused(): readonly string[] {
    return this.#weights.names.filter((name) => !this.#used.has(name));
  }

  has(name: string): boolean {
    return this.#weights.get(name) !== undefined;
  }

  get(name: string, shape: readonly number[], options: WeightOptions): Value {
    const { stored = shape, spread = 1 } = options;
    const key = `${name} [${shape.join()}]`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const tensor = this.#find(name, stored);
    const unique = this.#used.has(name) ? key : name;
    const reference = this.#refer(unique, shape, tensor, storedTypes[tensor.dtype]!);
    const mapped = storedTypes[tensor.dtype] === float32;
    const value = mapped ? reference : this.#convert(reference);
    this.#used.set(name, {
      name,
      shape: tensor.shape,
      precision: "float32",
      opening: mapped ? "mapped" : "converted",
      adapted: false,
      spread,
    });
    if (tensor.file) this.#files.add(tensor.file);
    this.#values.set(key, value);
    return value;
  }

  quantized(
    name: string,
    shape: readonly number[],
    { stored = shape }: WeightOptions,
    over?: OverNorm,
  ): QuantizedValue | undefined {
    const known = this.#quantized.get(name);
    if (known !== undefined) return known;
    // A weight that is missing or misshapen is told as any other.
    const { file } = this.#find(name, stored);
    const tensor = this.#weights.quantized?.(name, stored, over);
    if (tensor === undefined) return undefined;
    const { values, scales, sums, smoothing, rounding } = tensor;
    const [output = 0, ...taps] = shape;
    const input = taps.reduce((product, dim) => product * dim, 1);
    const matrix = {
      values: this.#refer(`${name}.int8`, [input, output], values, int8),
      scales: this.#refer(`${name}.scale`, [output], scales, float32),
    };
    const value: QuantizedValue =
      rounding === "run"
        ? { ...matrix, rounding }
        : {
            ...matrix,
            rounding,
            sums: this.#refer(`${name}.sum`, [1, output], sums, float32),
            ...(smoothing && { smoothing: this.#smoothing(smoothing, input) }),
          };
    this.#used.set(name, {
      name,
      shape: stored,
      precision: "int8",
      opening: "mapped",
      adapted: false,
      spread: 1,
    });
    // The checkpoint's too: it may have changed while it was rounded, or have weights of no other kind.
    for (const each of [file, values.file]) if (each) this.#files.add(each);
    this.#quantized.set(name, value);
    return value;
  }

  /** Several matrices share one. */
  #smoothing(tensor: StoredTensor, input: number): Value {
    const name = `${tensor.location} ${tensor.offset}`;
    const known = this.#values.get(name) ?? this.#refer(name, [input], tensor, float32);
    this.#values.set(name, known);
    return known;
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
    if (!Object.hasOwn(storedTypes, tensor.dtype)) {
      const kinds = Object.keys(storedTypes).join(", ");
      throw new KernelError("LOAD_FAILED", `${needs} in one of ${kinds}; ${found}.`);
    }
    return tensor;
  }

  #refer(name: string, dims: readonly number[], tensor: StoredTensor, dataType: number): Value {
    return this.#draft.initializer({
      name,
      dims,
      dataType,
      dataLocation: external,
      externalData: [
        { key: "location", value: tensor.location },
        { key: "offset", value: String(tensor.offset) },
        { key: "length", value: String(tensor.length) },
      ],
    });
  }

  #convert(value: Value): Value {
    const [converted] = this.#draft.operator({
      type: "Cast",
      scope: `${value.name}/`,
      inputs: [value],
      attributes: { to: float32 },
    });
    return converted!;
  }
}

/** A shape without trailing ones: they do not change where an element lies. */
function trim(shape: readonly number[]): string {
  return shape.join().replace(/(,1)+$/, "");
}
