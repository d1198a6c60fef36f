import { dirname, join, relative, sep } from "node:path";
import { KernelError } from "../../errors.ts";
import type { GraphSource } from "../../graph.ts";
import { commonFolder } from "../common-folder.ts";
import { namedDataFiles } from "./data-files.ts";
import type { DataFile } from "./data-files.ts";
import type { Read } from "./fields.ts";
import type { GraphInFile } from "./graph-in-file.ts";
import { halfEdgesOf } from "./half-edges.ts";
import type { HalfEdges } from "./half-edges.ts";
import { nodeLocations } from "./node-locations.ts";
import { rewrittenBytes, rewrittenModel } from "./rewritten-model.ts";

/** Bytes of a rewritten model, beside its weights. It is kept in memory and sent to the process that opens it. */
const maxRewrittenBytes = 64 * 2 ** 20;

export interface OnnxFile {
  readonly path: string;
  /** The same, links followed. */
  readonly real: string;
  readonly read: Read;
  /** Bytes. */
  readonly size: number;
  readonly graph: GraphInFile;
  /** The data files of its initializers. */
  readonly data: readonly DataFile[];
}

/**
 * The model that onnxruntime is given. It is the file itself, unless the file has edges in half precision, or links lead to it or to its data:
 * onnxruntime looks for data beside the file that a link leads to, and refuses what lies elsewhere. Then it is a rewritten model, whose
 * weights stay where they lie. LOAD_FAILED when the rewritten model would be too large.
 */
export async function modelToOpen(onnx: OnnxFile): Promise<Pick<GraphSource, "model" | "folder">> {
  const { path, real, read, graph, data } = onnx;
  const edges = halfEdgesOf(graph);
  const isLinked = data.some((each) => each.path !== join(dirname(real), each.location));
  if (edges.inputs.length + edges.outputs.length === 0 && !isLinked) {
    return { model: real, folder: dirname(real) };
  }
  const bytes = rewrittenBytes(onnx);
  if (bytes > maxRewrittenBytes) throw tooLarge(path, bytes, edges);
  const inNodes = await namedDataFiles(path, await nodeLocations(read, graph));
  const all = [...data, ...inNodes];
  const folder = commonFolder([real, ...all.map((each) => each.path)]);
  const place = (file: string): string => relative(folder, file).split(sep).join("/");
  const places = new Map(all.map((each) => [each.location, place(each.path)]));
  const locations = {
    own: place(real),
    locate: (location: string): string => places.get(location) ?? location,
  };
  return { model: await rewrittenModel({ ...onnx, edges, locations }), folder };
}

function tooLarge(path: string, bytes: number, { inputs, outputs }: HalfEdges): KernelError {
  const [value] = [...inputs, ...outputs];
  const why = value
    ? `"${value.name}" of "${path}" is in half precision. Casting it takes its graph into memory`
    : `The weights of "${path}" lie behind links. Finding them takes its graph into memory`;
  const max = maxRewrittenBytes / 2 ** 20;
  const message = `${why}, which has ${Math.round(bytes / 2 ** 20)} MiB beside its raw weights; ${max} are taken at most. Export it with float32 inputs and outputs, and with its weights as external data.`;
  return new KernelError("LOAD_FAILED", message);
}
