import type { FileHandle } from "node:fs/promises";
import protobuf from "protobufjs/light.js";
import { fieldsOf, readBytes } from "./fields.ts";
import type { Field } from "./fields.ts";

/** Fields of onnx.proto that hold messages, by number: the way from a model to the locations of its tensors' data. */
interface Shape {
  readonly [field: number]: Shape;
}
const entry: Shape = {};
const tensor: Shape = { 13: entry };
const attribute: Record<number, Shape> = { 5: tensor, 10: tensor };
const graph: Shape = { 1: { 5: attribute }, 5: tensor };
// Branches and loop bodies are graphs within a node.
attribute[6] = attribute[11] = graph;
const model: Shape = { 7: graph };

const initializer = 5;
const externalData = 13;

/** The files that hold a graph's initializers, as the graph says them: relative to its own. It reads the headers of initializers alone. */
export async function externalLocations(
  file: FileHandle,
  within: Omit<Field, "id">,
): Promise<ReadonlySet<string>> {
  const locations = new Set<string>();
  for await (const { id, ...each } of fieldsOf(file, within)) {
    if (id !== initializer) continue;
    for await (const { id: field, start, end } of fieldsOf(file, each)) {
      if (field !== externalData) continue;
      const { key, value } = decodeEntry(await readBytes(file, start, end - start));
      if (key === "location") locations.add(value);
    }
  }
  return locations;
}

/** The same serialised model with other locations of external data. All else stays as it is, byte for byte. */
export function relocated(bytes: Uint8Array, locate: (location: string) => string): Uint8Array {
  return rewritten(bytes, model, locate);
}

function rewritten(
  bytes: Uint8Array,
  shape: Shape,
  locate: (location: string) => string,
): Uint8Array {
  if (shape === entry) return relocatedEntry(bytes, locate);
  const reader = protobuf.Reader.create(bytes);
  const parts: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const inner = (tag & 7) === 2 ? shape[tag >>> 3] : undefined;
    if (inner) {
      const content = rewritten(reader.bytes(), inner, locate);
      parts.push(protobuf.Writer.create().uint32(tag).bytes(content).finish());
    } else {
      reader.skipType(tag & 7);
      parts.push(bytes.subarray(start, reader.pos));
    }
  }
  return Buffer.concat(parts);
}

function relocatedEntry(bytes: Uint8Array, locate: (location: string) => string): Uint8Array {
  const { key, value } = decodeEntry(bytes);
  if (key !== "location") return bytes;
  return protobuf.Writer.create().uint32(10).string(key).uint32(18).string(locate(value)).finish();
}

/** A StringStringEntryProto: fields 1 and 2. */
function decodeEntry(bytes: Uint8Array): { readonly key: string; readonly value: string } {
  const reader = protobuf.Reader.create(bytes);
  const texts = ["", "", ""];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 10 || tag === 18) texts[tag >>> 3] = reader.string();
    else reader.skipType(tag & 7);
  }
  return { key: texts[1]!, value: texts[2]! };
}
