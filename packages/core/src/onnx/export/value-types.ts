import { KernelError } from "../../errors.ts";
import type { TensorType } from "../../graph.ts";
import { elementTypes } from "../element-type.ts";
import type { ValueInfoProto } from "../model-proto.ts";
import { isHalf } from "./half-edges.ts";
import type { ExportedGraph, InputType } from "./open.ts";

/** The types of a graph's inputs as they are fed. LOAD_FAILED when tensors cannot have one here. */
export function inputTypes(
  path: string,
  inputs: readonly ValueInfoProto[],
): Readonly<Record<string, InputType>> {
  const types = inputs.map((info): [string, InputType] => {
    const type = typeOf(info);
    if (!isTensorType(type)) throw impossible(path, info.name, type);
    return [info.name, { type, rank: info.type?.tensorType.shape?.dim?.length ?? 0 }];
  });
  return Object.fromEntries(types);
}

/** The types of a graph's outputs as they are given, without those of which the file does not say one. */
export function outputTypes(outputs: readonly ValueInfoProto[]): ExportedGraph["outputTypes"] {
  const typed = outputs.filter(({ type }) => type);
  return Object.fromEntries(typed.map((info) => [info.name, typeOf(info)]));
}

/** The shapes of a graph's inputs or outputs, without those of which the file does not say one. */
export function dimsByName(values: readonly ValueInfoProto[]): ExportedGraph["outputDims"] {
  const shaped = values.flatMap(({ name, type }) => {
    const dims = type?.tensorType?.shape?.dim;
    return dims ? [[name, dims.map(({ dimValue }) => Number(dimValue) || undefined)] as const] : [];
  });
  return Object.fromEntries(shaped);
}

function isTensorType(type: string): type is TensorType {
  return Object.hasOwn(elementTypes, type);
}

/** Half precision is float32 at the edge. */
function typeOf(info: ValueInfoProto): string {
  if (isHalf(info)) return "float32";
  const element = info.type?.tensorType?.elemType;
  if (element === undefined) return "no tensor";
  const known = Object.entries(elementTypes).find(([, id]) => id === element);
  return known?.[0] ?? `of element type ${element}`;
}

function impossible(path: string, input: string, type: string): KernelError {
  return new KernelError(
    "LOAD_FAILED",
    `Input "${input}" of "${path}" is ${type}, and there are no such tensors here. Export the model with float32 inputs.`,
  );
}
