import { dirname } from "node:path/posix";
import type { ModelListing } from "@kindred/core";

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
