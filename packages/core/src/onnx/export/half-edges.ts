import { encodeAttributes } from "../attributes.ts";
import { elementTypes } from "../element-type.ts";
import { encodeNode, encodeValueInfo } from "../model-proto.ts";
import type { ValueInfoProto } from "../model-proto.ts";

/** A graph's inputs and outputs in half precision. There are no such tensors in Node: the graph is to take and give float32. */
export interface HalfEdges {
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
}

export function halfEdgesOf({ inputs, outputs }: HalfEdges): HalfEdges {
  return { inputs: inputs.filter(isHalf), outputs: outputs.filter(isHalf) };
}

/** The names within the graph of the values that its edges cast. */
export function innerNames({ inputs, outputs }: HalfEdges): ReadonlyMap<string, string> {
  return new Map([...inputs, ...outputs].map(({ name }) => [name, inner(name)]));
}

/** The serialised nodes that cast a half-precision input as it comes in. */
export function inputCast({ name, type }: ValueInfoProto): Uint8Array {
  return cast(name, inner(name), type!.tensorType.elemType);
}

/** The serialised nodes that cast a half-precision output as it goes out. */
export function outputCast({ name }: ValueInfoProto): Uint8Array {
  return cast(inner(name), name, elementTypes.float32);
}

/** The same input or output in float32, serialised. */
export function inFloat32({ name, type }: ValueInfoProto): Uint8Array {
  const { shape } = type!.tensorType;
  return encodeValueInfo({ name, type: { tensorType: { elemType: elementTypes.float32, shape } } });
}

export function isHalf({ type }: ValueInfoProto): boolean {
  const element = type?.tensorType?.elemType;
  return element === elementTypes.float16 || element === elementTypes.bfloat16;
}

function inner(name: string): string {
  return `${name}.half`;
}

function cast(from: string, to: string, type: number): Uint8Array {
  return encodeNode({
    name: `${from}/Cast`,
    opType: "Cast",
    domain: "",
    input: [from],
    output: [to],
    attribute: encodeAttributes("Cast", { to: type }),
  });
}
