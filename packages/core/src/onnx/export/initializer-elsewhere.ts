import { changedTensor } from "./changed-node.ts";
import type { Field, Read } from "./fields.ts";
import type { Initializer } from "./initializer.ts";
import { bytesField, numberField, textField } from "./message.ts";
import { entryFields, tensorFields } from "./onnx-fields.ts";

/** TensorProto.DataLocation.EXTERNAL */
const external = 1;

/** Fewer bytes stay in the graph: shapes are among them, which onnxruntime looks at while it opens a graph. */
const minBytes = 1024;

/** The files that weights lie in, relative to the folder that onnxruntime is given. */
export interface Locations {
  /** The .onnx file itself. */
  readonly own: string;
  /** A data file, by how the graph names it. */
  locate(location: string): string;
}

/** The bytes of a weight that a graph need not hold, since onnxruntime can read them where they lie in the .onnx file. */
export function bytesElsewhere({ rawData }: Initializer): number {
  const bytes = rawData ? rawData.end - rawData.start : 0;
  return bytes < minBytes ? 0 : bytes;
}

/** A serialised TensorProto that says where its numbers lie, in place of the `field` that has them or says so for another folder. */
export async function initializerElsewhere(
  read: Read,
  { field, initializer }: { readonly field: Field; readonly initializer: Initializer },
  locations: Locations,
): Promise<Uint8Array> {
  const { rawData } = initializer;
  const bytes = bytesElsewhere(initializer);
  if (rawData === undefined || bytes === 0) {
    return changedTensor(await read(field.start, field.end - field.start), locations);
  }
  return Buffer.concat([
    await read(field.start, rawData.from - field.start),
    await read(rawData.end, field.end - rawData.end),
    entry("location", locations.own),
    entry("offset", `${rawData.start}`),
    entry("length", `${bytes}`),
    numberField(tensorFields.location, external),
  ]);
}

function entry(key: string, value: string): Uint8Array {
  const fields = [textField(entryFields.key, key), textField(entryFields.value, value)];
  return bytesField(tensorFields.externalData, Buffer.concat(fields));
}
