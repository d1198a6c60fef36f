import { join } from "node:path";
import { KernelError } from "@kindred/core";
import type { ModelFolder } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";

/** A diffusers library's weights are called `diffusion_pytorch_model`, transformers' `model`. */
export type Stem = "diffusion_pytorch_model" | "model";

export interface ComponentFiles {
  readonly model: ModelFolder;
  /** "fp16": which of several files is taken. Default: the plain one, else the half-precision one. */
  readonly variant?: string | undefined;
}

/** The weights of a component's folder, by diffusers' rules: one file or shards, of a variant where there is one. LOAD_FAILED names what was looked for. */
export async function componentWeights(
  { model, variant }: ComponentFiles,
  folder: string,
  stem: Stem,
): Promise<Weights> {
  const names = candidates(stem, variant);
  const name = names.find((each) => model.files.includes(`${folder}/${each}`));
  if (name) return openSafetensors(join(model.path, folder), name);
  const pickled = model.files.find(
    (file) => file.startsWith(`${folder}/`) && file.endsWith(".bin"),
  );
  const found = pickled
    ? `${pickled} is a pickle, which can run code and is not read. Fetch the .safetensors files.`
    : `Fetch the whole repository.`;
  throw new KernelError(
    "LOAD_FAILED",
    `"${model.id}" has no ${folder}/${names.join(" or ")}. ${found}`,
  );
}

/** A component without the variant is taken as it is, as diffusers does. */
function candidates(stem: Stem, variant: string | undefined): readonly string[] {
  const order = variant === undefined ? ["", "fp16"] : [variant, "", "fp16"];
  return [...new Set(order)].flatMap((each) => {
    const dotted = each && `.${each}`;
    return [`${stem}${dotted}.safetensors`, `${stem}.safetensors.index${dotted}.json`];
  });
}
