import { join } from "node:path";
import type { ModelFolder } from "@kindred/core";
import { openExport } from "@kindred/core/onnx";
import type { ExportedGraph } from "@kindred/core/onnx";

/**
 * A component exported to ONNX, in Optimum's layout. undefined where there is none, or where the weights it was made
 * from are there too: some repositories publish both, and our graphs over those can do more.
 */
export async function onnxComponent(
  { path, files }: ModelFolder,
  folder: string,
  weights: string = folder,
): Promise<ExportedGraph | undefined> {
  const file = `${folder}/model.onnx`;
  const hasWeights = files.some(
    (each) => each.startsWith(`${weights}/`) && each.endsWith(".safetensors"),
  );
  return files.includes(file) && !hasWeights ? openExport(folder, join(path, file)) : undefined;
}
