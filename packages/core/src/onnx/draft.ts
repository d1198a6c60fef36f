import type { TensorType } from "../graph.ts";
import { encodeAttributes } from "./attributes.ts";
import type { Attributes } from "./attributes.ts";
import { elementTypes } from "./element-type.ts";
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from "./model-proto.ts";
import { aValue, elementType, need } from "./need.ts";
import type { Value } from "./value.ts";
import type { NormNames } from "./weights.ts";

export interface Operator {
  readonly type: string;
  readonly domain?: string;
  /** Prefix of the node's name. */
  readonly scope: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes?: Attributes;
  /** Number of outputs. Default 1. */
  readonly outputs?: number;
}

/**
 * The inputs, outputs, nodes and initializers of a graph so far. All scopes of the graph share it. A graph within it has a draft of its
 * own, and its initializers are the outer one's.
 */
export class Draft {
  readonly name: string;
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #nodes: NodeProto[] = [];
  readonly #outermost: Draft;
  readonly #initializers: TensorProto[] = [];
  readonly #constants = new Map<string, Value>();
  /** The norms that values are outputs of, by the values' names. */
  readonly #norms = new Map<string, NormNames>();
  readonly #made = new Map<string, unknown>();
  /** Nodes of this graph and of those within it, which share one space of names. */
  #count = 0;

  constructor(name: string, outer?: Draft) {
    this.name = name;
    this.#outermost = outer ? outer.#outermost : this;
  }

  /** A draft for a graph within this one. */
  within(): Draft {
    return new Draft(`${this.name}_${this.#outermost.#count++}`, this);
  }

  input(name: string, type: TensorType, dims: readonly (string | number)[]): Value {
    need(`The input "${name}"`, elementType, { type });
    const dim = dims.map((size) =>
      typeof size === "string" ? { dimParam: size } : { dimValue: size },
    );
    this.#inputs.push({
      name,
      type: { tensorType: { elemType: elementTypes[type], shape: { dim } } },
    });
    return { name };
  }

  output(name: string, value: Value): void {
    need("output", aValue, { value });
    this.#push(node("Identity", { name, input: [value.name], output: [name] }));
    this.#outputs.push({ name });
  }

  operator({ type, domain = "", scope, inputs, attributes = {}, outputs = 1 }: Operator): Value[] {
    for (const [i, value] of inputs.entries()) {
      if (value != null) need(type, aValue, { [`input ${i}`]: value });
    }
    const name = `${scope}${type}_${this.#outermost.#count}`;
    const output = Array.from({ length: outputs }, (_, i) => (i === 0 ? name : `${name}.${i}`));
    const input = inputs.map((value) => value?.name ?? "");
    const attribute = encodeAttributes(type, attributes);
    this.#push(node(type, { name, domain, input, output, attribute }));
    return output.map((each) => ({ name: each }));
  }

  /** Notes that a value is a norm's output. */
  normalized(value: Value, norm: NormNames): void {
    this.#outermost.#norms.set(value.name, norm);
  }

  /** The norm whose output a value is. */
  normOf(value: Value): NormNames | undefined {
    return this.#outermost.#norms.get(value.name);
  }

  /** What `make` makes, once for each key. */
  once<T>(key: string, make: () => T): T {
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key) as T;
  }

  initializer(tensor: TensorProto): Value {
    this.#outermost.#initializers.push(tensor);
    return { name: tensor.name };
  }

  constant(
    type: "float32" | "int64",
    values: readonly number[],
    dims: readonly number[] = [values.length],
  ): Value {
    const key = `${type}[${dims.join()}] ${values.join()}`;
    const constants = this.#outermost.#constants;
    const known = constants.get(key);
    if (known !== undefined) return known;
    const array = type === "int64" ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
    const value = this.initializer({
      name: `constant_${constants.size}`,
      dataType: elementTypes[type],
      dims,
      rawData: new Uint8Array(array.buffer),
    });
    constants.set(key, value);
    return value;
  }

  get inputs(): string[] {
    return this.#inputs.map(({ name }) => name);
  }

  get outputs(): string[] {
    return this.#outputs.map(({ name }) => name);
  }

  toProto(): GraphProto {
    return {
      name: this.name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    };
  }

  #push(added: NodeProto): void {
    this.#nodes.push(added);
    this.#outermost.#count++;
  }
}

function node(opType: string, fields: Partial<NodeProto> & Pick<NodeProto, "name">): NodeProto {
  return { opType, domain: "", input: [], output: [], attribute: [], ...fields };
}
