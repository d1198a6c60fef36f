import type { Field, Read } from "./fields.ts";
import type { Initializer } from "./initializer.ts";
import { bytesField, changedMessage, numberField } from "./message.ts";
import { entryFields, tensorFields } from "./onnx-fields.ts";

/** TensorProto.DataLocation.EXTERNAL */
const external = 1;

/** Fewer bytes stay in the graph: shapes are among them, which onnxruntime looks at while it opens a graph. */
const minBytes = 1024;

/** Where weights lie, relative to the folder that onnxruntime is given. */
export interface Locations {
  /** The .onnx file itself. */
  readonly own: string;
  /** Data files, by how the graph names them. */
  readonly data: ReadonlyMap<string, string>;
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
  { own, data }: Locations,
): Promise<Buffer> {
  const { rawData } = initializer;
  const bytes = bytesElsewhere(initializer);
  if (rawData === undefined || bytes === 0) {
    const tensor = await read(field.start, field.end - field.start);
    return changedMessage(tensor, ({ id }, content) =>
      id === tensorFields.externalData ? moved(content, data) : undefined,
    );
  }
  return Buffer.concat([
    await read(field.start, rawData.from - field.start),
    await read(rawData.end, field.end - rawData.end),
    entry("location", own),
    entry("offset", `${rawData.start}`),
    entry("length", `${bytes}`),
    numberField(tensorFields.location, external),
  ]);
}

function entry(key: string, value: string): Buffer {
  const fields = [
    bytesField(entryFields.key, Buffer.from(key)),
    bytesField(entryFields.value, Buffer.from(value)),
  ];
  return bytesField(tensorFields.externalData, Buffer.concat(fields));
}

/** An entry of a weight's external data; the one that says the file names it anew. */
async function moved(content: Buffer, data: ReadonlyMap<string, string>): Promise<Buffer> {
  const changed = await changedMessage(content, ({ id }, text) => {
    const place = id === entryFields.value ? data.get(text.toString("utf8")) : undefined;
    return place === undefined ? undefined : bytesField(id, Buffer.from(place));
  });
  return bytesField(tensorFields.externalData, changed);
}
