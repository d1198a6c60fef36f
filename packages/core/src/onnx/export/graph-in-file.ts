import { TimeSlice } from "../../time-slice.ts";
import { decodeValueInfo } from "../model-proto.ts";
import type { ValueInfoProto } from "../model-proto.ts";
import { fieldsOf, readShort } from "./fields.ts";
import type { Extent, Field, Read } from "./fields.ts";
import { readInitializer } from "./initializer.ts";
import type { Initializer } from "./initializer.ts";
import { graphFields, modelFields } from "./onnx-fields.ts";

/** Nodes, weights, inputs, outputs and noted types of one graph. A UNet of Stable Diffusion XL has about 10,000 of them. */
const maxFields = 200_000;

/** A graph in an .onnx file, its nodes and weights unread. */
export interface GraphInFile {
  /** The model's field that holds it. */
  readonly place: Field;
  /** The graph's own fields, in order. */
  readonly fields: readonly Field[];
  readonly initializers: ReadonlyMap<Field, Initializer>;
  /** Inputs without an initializer. Old files list weights among their inputs, too. */
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
}

/** Reads the graph of a model; undefined when it has none. Rejects when the bytes are no such message. */
export async function readGraph(read: Read, model: Extent): Promise<GraphInFile | undefined> {
  const place = (await collect(read, model)).findLast(({ id }) => id === modelFields.graph);
  if (!place) return undefined;
  const fields = await collect(read, place);
  const initializers = new Map<Field, Initializer>();
  for (const field of fields.filter(({ id }) => id === graphFields.initializer)) {
    initializers.set(field, await readInitializer(read, field));
  }
  const weights = new Set([...initializers.values()].map(({ name }) => name));
  const values = async (kind: number): Promise<readonly ValueInfoProto[]> => {
    const infos = fields.filter(({ id }) => id === kind);
    return Promise.all(infos.map(async (info) => decodeValueInfo(await readShort(read, info))));
  };
  const inputs = await values(graphFields.input);
  return {
    place,
    fields,
    initializers,
    inputs: inputs.filter(({ name }) => !weights.has(name)),
    outputs: await values(graphFields.output),
  };
}

/** The fields of a message, in slices of time. Rejects with a RangeError when there are too many. */
async function collect(read: Read, message: Extent): Promise<readonly Field[]> {
  const fields: Field[] = [];
  const slice = new TimeSlice();
  for await (const field of fieldsOf(read, message)) {
    if (fields.push(field) > maxFields) throw new RangeError(`More than ${maxFields} fields.`);
    if (slice.isOver) await slice.next();
  }
  return fields;
}
