import { basename, dirname, normalize } from "node:path/posix";
import { KernelError } from "@kindred/core";
import type { LaunchListing, ModelListing } from "@kindred/core";

/** The plain exports, as Optimum names them. */
const plain = ["onnx/model.onnx", "model.onnx"];

/**
 * The .onnx file of a folder: its plain one, else its only one, such as transformers.js' `onnx/model_quantized.onnx` and fastembed's
 * `model_optimized.onnx`; undefined when it has none. LOAD_FAILED lists them when there are several and none is plain.
 */
export function onlyExport(model: LaunchListing): string | undefined {
  const found = exportsOf(model).filter((file) => /^(onnx\/)?[^/]+$/.test(file));
  const file = plain.find((each) => found.includes(each)) ?? found[0];
  if (file === undefined || plain.includes(file) || found.length === 1) return file;
  const message = `"${model.id}" has several ONNX exports, and none is called model.onnx: ${found.join(", ")}. Launch it with one of them: options: { onnx: "${file}" }.`;
  throw new KernelError("LOAD_FAILED", message);
}

/** The .onnx file that a launch names, by its path or by its name alone. LOAD_FAILED lists those that there are. */
export function chosenExport(model: LaunchListing, option: string): string {
  const files = exportsOf(model);
  const asked = normalize(option);
  const called = files.filter((file) => basename(file) === asked);
  const file = files.find((each) => each === asked) ?? called[0];
  if (file !== undefined && (file === asked || called.length === 1)) return file;
  const list = files.length > 0 ? `It has ${files.join(", ")}.` : "It has none.";
  const fault = called.length > 1 ? `${called.length} such files` : "no such file";
  throw new KernelError(
    "LOAD_FAILED",
    `The option onnx names "${option}", and "${model.id}" has ${fault}. ${list}`,
  );
}

/** Files beside a graph that are not its data: texts, and the same weights in other formats. */
const notData =
  /\.(json|txt|md|py|model|safetensors|h5|msgpack|ot)$|(^|\/)(pytorch|openvino)_model/;

/**
 * An .onnx file and the external data that it may have. The data's names are in the graph alone, so all that lies beside it
 * counts, but for other graphs and their data: `model_fp16.onnx`, `model_fp16.onnx_data`.
 */
export function exportFiles({ files }: ModelListing, file: string): readonly string[] {
  const beside = files.filter((name) => dirname(name) === dirname(file) && name !== file);
  const others = beside.filter((name) => name.endsWith(".onnx"));
  const data = beside.filter(
    (name) => !notData.test(name) && !others.some((other) => name.startsWith(other)),
  );
  return [file, ...data];
}

function exportsOf({ files }: ModelListing): readonly string[] {
  return files.filter((file) => file.endsWith(".onnx"));
}
