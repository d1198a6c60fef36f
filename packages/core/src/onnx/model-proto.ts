import protobuf from "protobufjs/light.js";

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly g?: GraphProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
}

export interface NodeProto {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeProto[];
}

export interface TensorProto {
  readonly name: string;
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly rawData?: Uint8Array;
  readonly dataLocation?: number;
  readonly externalData?: readonly { readonly key: string; readonly value: string }[];
}

export interface ValueInfoProto {
  readonly name: string;
  readonly type?: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: readonly { dimValue?: number; dimParam?: string }[] };
    };
  };
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

/**
 * The part of onnx.proto (IR version 9) that graphs here need: `[field number, type]` by message and field, with `*` after
 * the type of a repeated field.
 */
const messages: Record<string, Record<string, [id: number, type: string]>> = {
  ModelProto: {
    irVersion: [1, "int64"],
    producerName: [2, "string"],
    graph: [7, "GraphProto"],
    opsetImport: [8, "OperatorSetIdProto*"],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  GraphProto: {
    node: [1, "NodeProto*"],
    name: [2, "string"],
    initializer: [5, "TensorProto*"],
    input: [11, "ValueInfoProto*"],
    output: [12, "ValueInfoProto*"],
  },
  NodeProto: {
    input: [1, "string*"],
    output: [2, "string*"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "AttributeProto*"],
    domain: [7, "string"],
  },
  AttributeProto: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    g: [6, "GraphProto"],
    floats: [7, "float*"],
    ints: [8, "int64*"],
    type: [20, "int32"],
  },
  TensorProto: {
    dims: [1, "int64*"],
    dataType: [2, "int32"],
    name: [8, "string"],
    rawData: [9, "bytes"],
    externalData: [13, "StringStringEntryProto*"],
    dataLocation: [14, "int32"],
  },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"] },
  TypeProto: { tensorType: [1, "TensorTypeProto"] },
  TensorTypeProto: { elemType: [1, "int32"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, "DimensionProto*"] },
  DimensionProto: { dimValue: [1, "int64"], dimParam: [2, "string"] },
};

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([message, fields]) => [message, { fields: declare(fields) }]),
  ),
});
const modelProto = root.lookupType("ModelProto");
const nodeProto = root.lookupType("NodeProto");
const valueInfoProto = root.lookupType("ValueInfoProto");

function declare(
  fields: Record<string, [id: number, type: string]>,
): Record<string, protobuf.IField> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, [id, type]]) => [
      name,
      type.endsWith("*") ? { id, type: type.slice(0, -1), rule: "repeated" } : { id, type },
    ]),
  );
}

/** Serialises a graph as a ModelProto for onnxruntime. */
export function encodeModel(graph: GraphProto): Uint8Array {
  const model = {
    irVersion: 9,
    producerName: "kindred",
    opsetImport: [
      { domain: "", version: 18 },
      { domain: "com.microsoft", version: 1 },
    ],
    graph,
  };
  return modelProto.encode(model).finish();
}

/** Decodes a graph's declaration of one of its inputs or outputs. */
export function decodeValueInfo(bytes: Uint8Array): ValueInfoProto {
  return valueInfoProto.decode(bytes) as unknown as ValueInfoProto;
}

export function encodeValueInfo(info: ValueInfoProto): Uint8Array {
  return valueInfoProto.encode(info).finish();
}

export function encodeNode(node: NodeProto): Uint8Array {
  return nodeProto.encode(node).finish();
}
