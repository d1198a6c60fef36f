import { changedMessage, bytesField } from "./message.ts";
import { attributeFields, graphFields, nodeFields } from "./onnx-fields.ts";

/** A serialised NodeProto with values renamed, also where graphs within it (the branches of an If) use them. */
export async function withRenamedValues(
  node: Buffer,
  names: ReadonlyMap<string, string>,
): Promise<Buffer> {
  if (![...names.keys()].some((name) => node.includes(name))) return node;
  return changedMessage(node, async ({ id }, content) => {
    if (id === nodeFields.input || id === nodeFields.output) {
      const name = names.get(content.toString("utf8"));
      return name === undefined ? undefined : bytesField(id, Buffer.from(name));
    }
    return id === nodeFields.attribute
      ? bytesField(id, await attribute(content, names))
      : undefined;
  });
}

function attribute(bytes: Buffer, names: ReadonlyMap<string, string>): Promise<Buffer> {
  return changedMessage(bytes, async ({ id }, content) => {
    const isGraph = id === attributeFields.graph || id === attributeFields.graphs;
    return isGraph ? bytesField(id, await graph(content, names)) : undefined;
  });
}

function graph(bytes: Buffer, names: ReadonlyMap<string, string>): Promise<Buffer> {
  return changedMessage(bytes, async ({ id }, content) =>
    id === graphFields.node ? bytesField(id, await withRenamedValues(content, names)) : undefined,
  );
}
