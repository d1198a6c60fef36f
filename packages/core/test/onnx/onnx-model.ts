import { encodeAttributes } from "../../src/onnx/attributes.ts";
import type { Attributes } from "../../src/onnx/attributes.ts";
import { bytesField, numberField, textField } from "../../src/onnx/export/message.ts";
import { encodeNode, encodeValueInfo } from "../../src/onnx/model-proto.ts";

/** An .onnx file of which all can be said that the graphs built here never have. Values are serialised. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs?: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
  readonly weights?: readonly Uint8Array[];
  /** Types of values within. */
  readonly types?: readonly Uint8Array[];
  /** Bytes of a comment at the end that are left out of what is written. */
  readonly padding?: number;
}

export interface OnnxNode {
  readonly operator: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attributes?: Attributes;
  readonly graphs?: Readonly<Record<string, OnnxGraph>>;
}

/** A model of ONNX's operators, version 18, as another tool could have written it. */
export function onnxModel(graph: OnnxGraph): Buffer {
  const operators = bytesField(8, Buffer.concat([bytesField(1, Buffer.of()), numberField(2, 18)]));
  const { padding = 0 } = graph;
  const comment = padding > 0 ? bytesField(10, Buffer.alloc(padding)) : Buffer.of();
  const content = bytesField(7, Buffer.concat([graphMessage(graph), comment]));
  const whole = Buffer.concat([numberField(1, 8), operators, content]);
  return whole.subarray(0, whole.length - padding);
}

/** An input, output or type of two dims that differ from run to run. */
export function value(name: string, elemType: number): Uint8Array {
  const dim = [{ dimParam: "n" }, { dimParam: "m" }];
  return encodeValueInfo({ name, type: { tensorType: { elemType, shape: { dim } } } });
}

/** A weight of one dim whose numbers lie in the graph as raw bytes. */
export function stored(
  name: string,
  dataType: number,
  bytes: Uint8Array,
  dims: readonly number[] = [bytes.length / 2],
): Uint8Array {
  return Buffer.concat([
    ...dims.map((dim) => numberField(1, dim)),
    numberField(2, dataType),
    textField(8, name),
    bytesField(9, bytes),
  ]);
}

/** Numbers, 0 or positive and neither tiny nor huge, in half precision, cut rather than rounded. */
export function inTwoBytes(type: "float16" | "bfloat16", numbers: readonly number[]): Uint8Array {
  const singles = new Uint32Array(Float32Array.from(numbers).buffer);
  const halves = Array.from(singles, (bits) => {
    if (type === "bfloat16") return bits >>> 16;
    return bits === 0 ? 0 : ((bits >>> 13) & 0x3ff) | (((bits >>> 23) - 112) << 10);
  });
  return new Uint8Array(Uint16Array.from(halves).buffer);
}

function graphMessage(graph: OnnxGraph): Buffer {
  return Buffer.concat([
    ...graph.nodes.map((node) => bytesField(1, nodeMessage(node))),
    textField(2, "graph"),
    ...(graph.weights ?? []).map((weight) => bytesField(5, weight)),
    ...(graph.inputs ?? []).map((input) => bytesField(11, input)),
    ...graph.outputs.map((output) => bytesField(12, output)),
    ...(graph.types ?? []).map((type) => bytesField(13, type)),
  ]);
}

function nodeMessage({ operator, input, output, attributes = {}, graphs = {} }: OnnxNode): Buffer {
  const node = encodeNode({
    name: output[0]!,
    opType: operator,
    domain: "",
    input,
    output,
    attribute: encodeAttributes(operator, attributes),
  });
  const branches = Object.entries(graphs).map(([name, graph]) => {
    const kind = numberField(20, 5);
    const content = bytesField(6, graphMessage(graph));
    return bytesField(5, Buffer.concat([textField(1, name), content, kind]));
  });
  return Buffer.concat([node, ...branches]);
}
