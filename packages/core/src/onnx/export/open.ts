import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { isKernelError, KernelError } from "../../errors.ts";
import type { GraphSource, TensorType } from "../../graph.ts";
import { elementTypes } from "../element-type.ts";
import { decodeValueInfo } from "../model-proto.ts";
import { fieldsOf, readBytes } from "./fields.ts";
import { locateExport } from "./locate.ts";

export interface InputType {
  readonly type: TensorType;
  /** Its number of dims. */
  readonly rank: number;
}

/** A graph in an .onnx file. */
export interface ExportedGraph extends GraphSource {
  /** By the names of its inputs. */
  readonly types: Readonly<Record<string, InputType>>;
}

/** Field numbers of onnx.proto: ModelProto.graph, GraphProto.input and GraphProto.output. */
const fieldIds = { graph: 7, input: 11, output: 12 };

/**
 * An .onnx file as a graph of that name. It reads the declarations of inputs and outputs, and nothing else of the file.
 * LOAD_FAILED when the file is no ONNX model, when one of its files is not there, or when an input has a type that tensors here
 * cannot have, such as float16.
 */
export async function openExport(name: string, path: string): Promise<ExportedGraph> {
  const file = await open(path).catch((cause: unknown) => {
    throw new KernelError("LOAD_FAILED", `"${path}" cannot be opened.`, { cause });
  });
  try {
    const { size } = await file.stat();
    const graph = (await collect(file, { start: 0, end: size }, [fieldIds.graph])).at(-1);
    if (!graph)
      throw new KernelError(
        "LOAD_FAILED",
        `"${path}" has no graph: it is not an ONNX model. Fetch it again.`,
      );
    const values = await collect(file, graph, [fieldIds.input, fieldIds.output]);
    const infos = await Promise.all(
      values.map(async ({ id, start, end }) => ({
        id,
        info: decodeValueInfo(await readBytes(file, start, end - start)),
      })),
    );
    const inputs = infos.filter(({ id }) => id === fieldIds.input).map(({ info }) => info);
    const outputs = infos.filter(({ id }) => id === fieldIds.output).map(({ info }) => info.name);
    const located = await locateExport({ path, file, graph });
    return {
      name,
      ...located,
      peakBytes: 2 * located.bytes,
      inputs: inputs.map((input) => input.name),
      outputs,
      types: Object.fromEntries(
        inputs.map(({ name: input, type }) => [
          input,
          {
            type: typeOf(path, input, type?.tensorType.elemType),
            rank: type?.tensorType.shape?.dim?.length ?? 0,
          },
        ]),
      ),
    };
  } catch (cause) {
    if (isKernelError(cause)) throw cause;
    const message = `"${path}" is not an ONNX model, or is cut off. Fetch it again.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  } finally {
    await file.close();
  }
}

async function collect(
  file: FileHandle,
  within: { start: number; end: number },
  ids: readonly number[],
) {
  const found = [];
  for await (const field of fieldsOf(file, within)) if (ids.includes(field.id)) found.push(field);
  return found;
}

function typeOf(path: string, input: string, element: number | undefined): TensorType {
  const name = Object.entries(elementTypes).find(([, id]) => id === element)?.[0];
  if (name && name !== "float16" && name !== "bfloat16") return name as TensorType;
  const found = name ?? `of element type ${element}`;
  throw new KernelError(
    "LOAD_FAILED",
    `Input "${input}" of "${path}" is ${found}, and there are no such tensors here. Export the model with float32 inputs.`,
  );
}
