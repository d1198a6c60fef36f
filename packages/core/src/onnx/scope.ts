import type { Dims, TensorType } from "../graph.ts";
import type { Attributes } from "./attributes.ts";
import type { Draft } from "./draft.ts";
import { footprint } from "./footprint.ts";
import type {
  BuildOptions,
  BuiltGraph,
  GraphBuilder,
  NodeOptions,
  QuantizedOptions,
  SubgraphInput,
  WeightOptions,
} from "./graph.ts";
import { encodeModel } from "./model-proto.ts";
import { integers, need } from "./need.ts";
import type { Parameters } from "./parameters.ts";
import { Subgraph } from "./subgraph.ts";
import type { QuantizedValue, Value } from "./value.ts";

/** The GraphBuilder: a draft and its parameters, seen from one prefix of names. */
export class Scope implements GraphBuilder {
  readonly #draft: Draft;
  readonly #parameters: Parameters;
  readonly #prefix: string;

  constructor(draft: Draft, parameters: Parameters, prefix: string) {
    this.#draft = draft;
    this.#parameters = parameters;
    this.#prefix = prefix;
  }

  at(prefix: string): Scope {
    return new Scope(this.#draft, this.#parameters, `${this.#prefix}${prefix}.`);
  }

  has(name: string): boolean {
    return this.#parameters.has(this.#prefix + name);
  }

  input(name: string, type: TensorType, dims: readonly (string | number)[]): Value {
    return this.#draft.input(name, type, dims);
  }

  output(name: string, value: Value): this {
    this.#draft.output(name, value);
    return this;
  }

  weight(name: string, shape: readonly number[], options: WeightOptions = {}): Value {
    need(`The weight "${this.#prefix}${name}"`, integers, { shape });
    return this.#parameters.get(this.#prefix + name, shape, options);
  }

  quantized(
    name: string,
    shape: readonly number[],
    { of, together, ...options }: QuantizedOptions = {},
  ): QuantizedValue | undefined {
    const full = this.#prefix + name;
    const norm = of && this.#draft.normOf(of);
    const over = norm && { ...norm, group: together ? `${norm.weight} ${together}` : full };
    return this.#parameters.quantized(full, shape, options, over);
  }

  normalized(x: Value): Value {
    const [weight, bias] = ["weight", "bias"].map((name) => this.#prefix + name);
    const hasBias = this.#parameters.has(bias!);
    this.#draft.normalized(x, { weight: weight!, ...(hasBias && { bias: bias! }) });
    return x;
  }

  once<T>(key: string, make: () => T): T {
    return this.#draft.once(key, make);
  }

  int64(values: readonly number[], dims?: readonly number[]): Value {
    return this.#draft.constant("int64", values, dims);
  }

  float32(values: readonly number[], dims?: readonly number[]): Value {
    return this.#draft.constant("float32", values, dims);
  }

  node(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes?: Attributes,
    options?: NodeOptions,
  ): Value {
    return this.nodes(operator, inputs, attributes, options)[0]!;
  }

  nodes(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: NodeOptions = {},
  ): readonly Value[] {
    const scope = this.#prefix.replaceAll(".", "/");
    return this.#draft.operator({ type: operator, scope, inputs, attributes, ...options });
  }

  subgraph(
    inputs: readonly SubgraphInput[],
    make: (g: GraphBuilder, inputs: readonly Value[]) => readonly Value[],
  ): Subgraph {
    const draft = this.#draft.within();
    const values = inputs.map(({ type, dims }, i) => draft.input(`${draft.name}/${i}`, type, dims));
    const outputs = make(new Scope(draft, this.#parameters, this.#prefix), values);
    for (const [i, value] of outputs.entries()) draft.output(`${draft.name}.${i}`, value);
    return new Subgraph(draft.toProto());
  }

  build({ workspace }: BuildOptions = {}): BuiltGraph {
    const { used } = this.#parameters;
    const { unpackedBytes, ...held } = footprint(used);
    const rounded = used.find(({ precision }) => precision !== "float32");
    const needed =
      unpackedBytes === 0 ? workspace : (dims: Dims) => (workspace?.(dims) ?? 0) + unpackedBytes;
    return {
      name: this.#draft.name,
      model: encodeModel(this.#draft.toProto()),
      inputs: this.#draft.inputs,
      outputs: this.#draft.outputs,
      folder: this.#parameters.folder,
      files: this.#parameters.files,
      unused: this.#parameters.unused,
      precision: rounded?.precision ?? "float32",
      ...held,
      ...(needed && { workspace: needed }),
    };
  }
}
