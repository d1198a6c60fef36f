import { realpath } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { isKernelError, KernelError } from "../../errors.ts";
import type { GraphSource, TensorType } from "../../graph.ts";
import { identityOf } from "../../shared/file-identity.ts";
import { openRegularFile, unreadable } from "../../shared/regular-file.ts";
import type { Shape } from "./check-output.ts";
import { calledDataFiles, namedDataFiles } from "./data-files.ts";
import type { DataFile } from "./data-files.ts";
import { readerOf } from "./fields.ts";
import { readGraph } from "./graph-in-file.ts";
import type { GraphInFile } from "./graph-in-file.ts";
import { modelToOpen } from "./model-to-open.ts";
import { dimsByName, inputTypes, outputTypes } from "./value-types.ts";

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
  /** The shapes of its inputs by their names, as those of its outputs are told. */
  readonly inputDims: Readonly<Record<string, Shape>>;
  /**
   * By the names of its outputs: a `TensorType`, or another type, in which an output cannot be asked for. Outputs whose type the
   * file omits are left out.
   */
  readonly outputTypes: Readonly<Record<string, string>>;
  /**
   * The shapes of its outputs by their names; undefined stands for a dim that may differ from run to run. Outputs whose shape
   * the file omits are left out.
   */
  readonly outputDims: Readonly<Record<string, Shape>>;
}

/**
 * An .onnx file as a graph of that name; its weights are not read. Inputs and outputs in half precision are cast inside the graph: it takes
 * and gives float32. Links are followed, those of its data files too. LOAD_FAILED when the file is no ONNX model, an input has a type that
 * tensors here cannot have, a file with its weights is missing, or half precision cannot be cast.
 */
export async function openExport(name: string, path: string): Promise<ExportedGraph> {
  const file = await openRegularFile(path).catch((cause: unknown) => {
    const message = `"${path}" cannot be opened: ${unreadable(cause)}. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  });
  try {
    return await opened(name, path, file);
  } catch (cause) {
    if (isKernelError(cause)) throw cause;
    const message = `"${path}" is not an ONNX model, or is cut off. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  } finally {
    await file.close();
  }
}

async function opened(name: string, path: string, file: FileHandle): Promise<ExportedGraph> {
  const stats = await file.stat({ bigint: true });
  const size = Number(stats.size);
  const read = readerOf(file);
  const graph = await readGraph(read, { start: 0, end: size });
  if (!graph) {
    const message = `"${path}" has no graph: it is not an ONNX model. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message);
  }
  const locations = [...graph.initializers.values()].map(({ external }) => external?.location);
  const data = await namedDataFiles(
    path,
    locations.filter((each) => each !== undefined),
  );
  const real = await realpath(path);
  const model = await modelToOpen({ path, real, read, size, graph, data });
  const beside = [...data, ...(await calledDataFiles(path))];
  const bytes = size + weightBytes(graph, beside);
  return {
    name,
    path,
    ...model,
    files: [identityOf(real, stats), ...beside.map((each) => each.file)],
    bytes,
    peakBytes: 2 * bytes,
    inputs: graph.inputs.map((input) => input.name),
    outputs: graph.outputs.map((output) => output.name),
    types: inputTypes(path, graph.inputs),
    outputTypes: outputTypes(graph.outputs),
    inputDims: dimsByName(graph.inputs),
    outputDims: dimsByName(graph.outputs),
  };
}

/** Bytes of weights beside the .onnx file. Those in half precision count twice, also within it: on the CPU they are widened. */
function weightBytes({ initializers }: GraphInFile, data: readonly DataFile[]): number {
  const files = new Map(data.map(({ path, bytes }) => [path, bytes]));
  let sum = 0;
  for (const bytes of files.values()) sum += bytes;
  for (const { isHalf, rawData, external } of initializers.values()) {
    if (isHalf) sum += rawData ? rawData.end - rawData.start : (external?.length ?? 0);
  }
  return sum;
}
