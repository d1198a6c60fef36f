import { open, realpath } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { isKernelError, KernelError } from "../../errors.ts";
import type { GraphSource, TensorType } from "../../graph.ts";
import { commonFolder } from "../common-folder.ts";
import { dataFilesOf } from "./data-files.ts";
import type { DataFile } from "./data-files.ts";
import { readerOf } from "./fields.ts";
import { readGraph } from "./graph-in-file.ts";
import type { GraphInFile } from "./graph-in-file.ts";
import { halfEdgesOf } from "./half-edges.ts";
import type { HalfEdges } from "./half-edges.ts";
import { rewrittenBytes, rewrittenModel } from "./rewritten-model.ts";
import { inputTypes, outputTypes } from "./value-types.ts";

export interface InputType {
  readonly type: TensorType;
  /** Its number of dims. */
  readonly rank: number;
}

/** A graph in an .onnx file. */
export interface ExportedGraph extends GraphSource {
  /** The file, as it was named. */
  readonly path: string;
  /** By the names of its inputs. */
  readonly types: Readonly<Record<string, InputType>>;
  /** By the names of its outputs: a `TensorType`, or another type, in which an output cannot be asked for. Outputs whose type the file omits are left out. */
  readonly outputTypes: Readonly<Record<string, string>>;
}

/** Bytes of a rewritten model, beside its weights. It is kept in memory and sent to the process that opens it. */
const maxRewrittenBytes = 64 * 2 ** 20;

/**
 * An .onnx file as a graph of that name; its nodes and weights are not read. Inputs and outputs in half precision are cast inside the
 * graph: it takes and gives float32. Links are followed, those of its data files too. LOAD_FAILED when it is no ONNX model, an input
 * is of a type that tensors here cannot have, a file with its weights is missing, or half precision cannot be cast.
 */
export async function openExport(name: string, path: string): Promise<ExportedGraph> {
  const real = await realpath(path);
  const file = await open(real);
  try {
    return await opened(name, { path, real, file });
  } catch (cause) {
    if (isKernelError(cause)) throw cause;
    const message = `"${path}" is not an ONNX model, or is cut off. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  } finally {
    await file.close();
  }
}

interface OnnxFile {
  readonly path: string;
  /** The same, links followed. */
  readonly real: string;
  readonly file: FileHandle;
}

async function opened(name: string, onnx: OnnxFile): Promise<ExportedGraph> {
  const { path, file } = onnx;
  const { size } = await file.stat();
  const graph = await readGraph(readerOf(file), { start: 0, end: size });
  if (!graph) {
    const message = `"${path}" has no graph: it is not an ONNX model. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  const data = await dataFilesOf(path, graph);
  const bytes = weightBytes(size, graph, data);
  return {
    name,
    path,
    ...(await modelOf(onnx, graph, data)),
    bytes,
    peakBytes: 2 * bytes,
    inputs: graph.inputs.map((input) => input.name),
    outputs: graph.outputs.map((output) => output.name),
    types: inputTypes(path, graph.inputs),
    outputTypes: outputTypes(graph.outputs),
  };
}

/** The file itself, unless it must be rewritten: for its edges, or since links lead to its data. */
async function modelOf(
  { path, real, file }: OnnxFile,
  graph: GraphInFile,
  data: readonly DataFile[],
): Promise<Pick<GraphSource, "model" | "folder">> {
  const edges = halfEdgesOf(graph);
  const isLinked = data.some((each) => each.path !== join(dirname(real), each.location));
  if (edges.inputs.length + edges.outputs.length === 0 && !isLinked) {
    return { model: real, folder: dirname(real) };
  }
  const folder = commonFolder([real, ...data.map((each) => each.path)]);
  const place = (to: string): string => relative(folder, to).split(sep).join("/");
  const locations = {
    own: place(real),
    data: new Map(data.map((each) => [each.location, place(each.path)])),
  };
  const { size } = await file.stat();
  const rewriting = { read: readerOf(file), size, graph, edges, locations };
  const memory = rewrittenBytes(rewriting);
  if (memory > maxRewrittenBytes) throw tooLarge(path, memory, edges);
  return { model: await rewrittenModel(rewriting), folder };
}

/** Half-precision weights count twice: on the CPU they are widened. */
function weightBytes(size: number, graph: GraphInFile, data: readonly DataFile[]): number {
  let bytes = size;
  for (const file of data) bytes += file.bytes;
  for (const { isHalf, rawData, external } of graph.initializers.values()) {
    if (isHalf) bytes += rawData ? rawData.end - rawData.start : (external?.length ?? 0);
  }
  return bytes;
}

function tooLarge(path: string, bytes: number, { inputs, outputs }: HalfEdges): KernelError {
  const [value] = [...inputs, ...outputs];
  const why = value
    ? `"${value.name}" of "${path}" is in half precision. Casting it takes its graph into memory`
    : `The weights of "${path}" lie behind links. Finding them takes its graph into memory`;
  const most = maxRewrittenBytes / 2 ** 20;
  const message = `${why}, which has ${Math.round(bytes / 2 ** 20)} MiB beside its raw weights; ${most} are taken at most. Export it with float32 inputs and outputs, and with its weights as external data.`;
  return new KernelError("LOAD_FAILED", message);
}
