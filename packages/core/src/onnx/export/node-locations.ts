import { changedNode } from "./changed-node.ts";
import type { Read } from "./fields.ts";
import type { GraphInFile } from "./graph-in-file.ts";
import { graphFields } from "./onnx-fields.ts";

/** The files in which tensors within a graph's nodes say that their data is, such as those of Constants. */
export async function nodeLocations(
  read: Read,
  { fields }: GraphInFile,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const locate = (location: string): string => (found.add(location), location);
  for (const { start, end } of fields.filter(({ id }) => id === graphFields.node)) {
    const node = await read(start, end - start);
    if (node.includes("location")) changedNode(node, { names: new Map(), locate });
  }
  return found;
}
