import { join } from "node:path";
import type { ModelFolder, ModelListing } from "@kindred/core";
import { openExport } from "@kindred/core/onnx";
import type { ExportedGraph } from "@kindred/core/onnx";
import type { Component } from "./component.ts";

/**
 * The folder of a component's ONNX export, in Optimum's layout. undefined where there is none, or where weights lie beside it: a
 * graph over those can do more.
 */
export function exportFolder(
  { files }: ModelListing,
  { folder, exportFolder: exported = folder }: Component,
): string | undefined {
  const hasWeights = files.some((file) => file.startsWith(`${folder}/`) && weights.test(file));
  return files.includes(`${exported}/model.onnx`) && !hasWeights ? exported : undefined;
}

const weights = /\.safetensors$|pytorch_model[^/]*\.bin$/;

/** The files of the export in this folder: the graph, and the data beside it. */
export function exportFiles({ files }: ModelListing, folder: string): readonly string[] {
  const data = /^[^/]+(\.onnx[._]data|\.pb|\.data|\.bin)$/;
  return files.filter((file) => {
    if (!file.startsWith(`${folder}/`)) return false;
    const name = file.slice(folder.length + 1);
    return name === "model.onnx" || data.test(name);
  });
}

/** Opens the export in this folder. Outputs in which no numbers can be read here are left out. LOAD_FAILED when it is not sound. */
export async function openExported({ path }: ModelFolder, folder: string): Promise<ExportedGraph> {
  const source = await openExport(folder, join(path, folder, "model.onnx"));
  const isRead = (name: string) => (source.outputTypes[name] ?? "float32") === "float32";
  return { ...source, outputs: source.outputs.filter(isRead) };
}
