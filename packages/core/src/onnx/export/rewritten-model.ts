import { decodeValueInfo } from "../model-proto.ts";
import { changedNode } from "./changed-node.ts";
import type { Field, Read } from "./fields.ts";
import type { GraphInFile } from "./graph-in-file.ts";
import { inFloat32, innerNames, inputCast, outputCast } from "./half-edges.ts";
import type { HalfEdges } from "./half-edges.ts";
import { bytesElsewhere, initializerElsewhere } from "./initializer-elsewhere.ts";
import type { Locations } from "./initializer-elsewhere.ts";
import { bytesField } from "./message.ts";
import { graphFields, modelFields } from "./onnx-fields.ts";

/** A model as it is to be rewritten. */
export interface Rewriting {
  readonly read: Read;
  /** Bytes of the .onnx file. */
  readonly size: number;
  readonly graph: GraphInFile;
  /** The inputs and outputs that are to be float32. */
  readonly edges: HalfEdges;
  readonly locations: Locations;
}

/** About how many bytes the rewritten model has: weights stay in their files. */
export function rewrittenBytes({ size, graph }: Pick<Rewriting, "size" | "graph">): number {
  let bytes = size;
  for (const initializer of graph.initializers.values()) bytes -= bytesElsewhere(initializer);
  return bytes;
}

/** A serialised ModelProto that computes the same, casts its half-precision edges and finds its weights where they lie. */
export async function rewrittenModel(rewriting: Rewriting): Promise<Uint8Array> {
  const { read, size, graph, edges } = rewriting;
  const { place } = graph;
  const names = innerNames(edges);
  const fields = edges.inputs.map((info) => bytesField(graphFields.node, inputCast(info)));
  for (const field of graph.fields) fields.push(await rewritten(field, rewriting, names));
  fields.push(...edges.outputs.map((info) => bytesField(graphFields.node, outputCast(info))));
  return Buffer.concat([
    await read(0, place.from),
    bytesField(modelFields.graph, Buffer.concat(fields)),
    await read(place.end, size - place.end),
  ]);
}

async function rewritten(
  field: Field,
  { read, graph, edges, locations }: Rewriting,
  names: ReadonlyMap<string, string>,
): Promise<Uint8Array> {
  const { id, from, start, end } = field;
  const initializer = graph.initializers.get(field);
  if (initializer) {
    return bytesField(id, await initializerElsewhere(read, { field, initializer }, locations));
  }
  const content = await read(start, end - start);
  if (id === graphFields.node) {
    const { locate } = locations;
    return bytesField(id, changedNode(content, { names, locate }));
  }
  if (id === graphFields.input || id === graphFields.output) {
    const { name } = decodeValueInfo(content);
    const side = id === graphFields.input ? "inputs" : "outputs";
    const info = edges[side].find((each) => each.name === name);
    if (info) return bytesField(id, inFloat32(info));
  }
  // The type that is noted of a value that has another name and type now.
  if (id === graphFields.valueInfo && names.has(decodeValueInfo(content).name)) {
    return Buffer.alloc(0);
  }
  return read(from, end - from);
}
