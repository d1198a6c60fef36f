import { join } from "node:path";
import type { ModelFolder } from "@kindred/core";
import { openExport } from "@kindred/core/onnx";
import type { ExportedGraph } from "@kindred/core/onnx";

/** A component that was exported to ONNX, in Optimum's layout; undefined where it was not. */
export async function onnxComponent(
  model: ModelFolder,
  folder: string,
): Promise<ExportedGraph | undefined> {
  const file = `${folder}/model.onnx`;
  return model.files.includes(file) ? openExport(folder, join(model.path, file)) : undefined;
}
