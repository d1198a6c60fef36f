import { elementTypes } from "../element-type.ts";
import { fieldsOf, readShort } from "./fields.ts";
import type { Extent, Field, Read } from "./fields.ts";
import { entryFields, tensorFields } from "./onnx-fields.ts";

/** A weight of a graph in a file, its numbers unread. */
export interface Initializer {
  readonly name: string;
  /** Whether its numbers are of two bytes each. */
  readonly isHalf: boolean;
  /** The numbers, when they lie in the graph itself as raw bytes. */
  readonly rawData: Field | undefined;
  /** The file that has the numbers, as the graph names it, and how many bytes they are; undefined when the graph has them. */
  readonly external: { readonly location: string; readonly length: number } | undefined;
}

/** Enough for all that a tensor says before its numbers. */
const headBytes = 512;

export async function readInitializer(read: Read, tensor: Extent): Promise<Initializer> {
  let name = "";
  let dataType = 0;
  let rawData: Field | undefined;
  const external: Record<string, string> = {};
  for await (const field of fieldsOf(read, tensor, headBytes)) {
    const { id, value } = field;
    if (id === tensorFields.name) name = await textOf(read, field);
    else if (id === tensorFields.dataType) dataType = value ?? 0;
    else if (id === tensorFields.rawData) rawData = field;
    else if (id === tensorFields.externalData) {
      const [key, text] = await entryOf(read, field);
      external[key] = text;
    }
  }
  const { location, length } = external;
  return {
    name,
    isHalf: dataType === elementTypes.float16 || dataType === elementTypes.bfloat16,
    rawData,
    external: location === undefined ? undefined : { location, length: Number(length ?? 0) },
  };
}

async function entryOf(read: Read, entry: Extent): Promise<readonly [string, string]> {
  let [key, text] = ["", ""];
  for await (const field of fieldsOf(read, entry, headBytes)) {
    if (field.id === entryFields.key) key = await textOf(read, field);
    if (field.id === entryFields.value) text = await textOf(read, field);
  }
  return [key, text];
}

async function textOf(read: Read, text: Extent): Promise<string> {
  return (await readShort(read, text)).toString("utf8");
}
