import { KernelError } from "@kindred/core";
import type { ModelFolder, ModelListing } from "@kindred/core";
import { openWeights } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { maxWidth } from "@kindred/text-encoders";
import { headNames } from "./token-heads.ts";
import type { TokenHeads } from "./token-heads.ts";

/** The files of a folder's heads: `sparse_linear.pt` and `colbert_linear.pt`, or the same in safetensors. */
export function headFiles(model: ModelListing): readonly string[] {
  return Object.values(headNames).flatMap((name) => fileOf(model, name) ?? []);
}

/** Reads which heads a folder has, and of which widths. LOAD_FAILED when a file of one is not sound. */
export async function openTokenHeads(model: ModelFolder): Promise<TokenHeads> {
  const weights: Record<string, Weights> = {};
  for (const name of Object.values(headNames)) {
    const file = fileOf(model, name);
    if (file !== undefined) weights[name] = await openWeights(model.path, file);
  }
  const { [headNames.sparse]: sparse, [headNames.colbert]: colbert } = weights;
  return {
    weights,
    sparse: sparse !== undefined,
    colbert: colbert && widthOf(colbert, fileOf(model, headNames.colbert)!),
  };
}

function fileOf({ files }: ModelListing, name: string): string | undefined {
  return [`${name}.safetensors`, `${name}.pt`].find((file) => files.includes(file));
}

/** Numbers that a linear layer gives. */
function widthOf(weights: Weights, file: string): number {
  const [width = 0] = weights.get("weight")?.shape ?? [];
  if (width >= 1 && width <= maxWidth) return width;
  throw new KernelError(
    "LOAD_FAILED",
    `${file} has no "weight" of 1 to ${maxWidth} rows, which a linear layer has. Fetch it again.`,
  );
}
