import { changedMessage, textOf } from "./message.ts";
import {
  attributeFields,
  entryFields,
  graphFields,
  nodeFields,
  tensorFields,
} from "./onnx-fields.ts";

/** The changes to a graph's nodes. */
export interface NodeChanges {
  /** New names of values. */
  readonly names: ReadonlyMap<string, string>;
  /** Another location of the external data that a tensor says is there. */
  locate(location: string): string;
}

/** A serialised NodeProto with changes, also in its tensors and in the graphs within it, such as the branches of an If. */
export function changedNode(node: Uint8Array, changes: NodeChanges): Uint8Array {
  const { names } = changes;
  return changedMessage(node, (id, content) => {
    if (id === nodeFields.attribute) return changedAttribute(content, changes);
    if (id !== nodeFields.input && id !== nodeFields.output) return undefined;
    const name = names.get(textOf(content));
    return name === undefined ? undefined : Buffer.from(name);
  });
}

/** A serialised TensorProto whose external data is elsewhere. */
export function changedTensor(
  tensor: Uint8Array,
  changes: Pick<NodeChanges, "locate">,
): Uint8Array {
  return changedMessage(tensor, (id, content) =>
    id === tensorFields.externalData ? changedEntry(content, changes) : undefined,
  );
}

function changedAttribute(attribute: Uint8Array, changes: NodeChanges): Uint8Array {
  const { tensor, tensors, graph, graphs } = attributeFields;
  return changedMessage(attribute, (id, content) => {
    if (id === tensor || id === tensors) return changedTensor(content, changes);
    return id === graph || id === graphs ? changedGraph(content, changes) : undefined;
  });
}

function changedGraph(graph: Uint8Array, changes: NodeChanges): Uint8Array {
  return changedMessage(graph, (id, content) => {
    if (id === graphFields.node) return changedNode(content, changes);
    return id === graphFields.initializer ? changedTensor(content, changes) : undefined;
  });
}

/** A StringStringEntryProto: the one whose key is "location" says the file. */
function changedEntry(entry: Uint8Array, { locate }: Pick<NodeChanges, "locate">): Uint8Array {
  let key = "";
  changedMessage(entry, (id, content) => {
    if (id === entryFields.key) key = textOf(content);
    return undefined;
  });
  if (key !== "location") return entry;
  return changedMessage(entry, (id, content) =>
    id === entryFields.value ? Buffer.from(locate(textOf(content))) : undefined,
  );
}
