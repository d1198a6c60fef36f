import type { ModelListing } from "@kindred/core";
import { contentsOf, kinds, missingParts } from "./kinds.ts";
import { checkpointsIn, looseFiles } from "./single-file.ts";

/**
 * Says what a model is that is a single file, or a folder with loose files at its root, when it cannot be served, and what to
 * do. undefined when there is no such file, or nothing is known of it.
 */
export function singleFileRefusal(model: ModelListing): string | undefined {
  const files = looseFiles(model);
  const checkpoints = checkpointsIn(model);
  if (checkpoints.length > 1) {
    const names = checkpoints.map((file) => `"${file}"`).join(", ");
    return `"${model.names[0]}" has ${checkpoints.length} checkpoints: ${names}. Launch the file, not its folder.`;
  }
  for (const file of files) {
    const reason = reasonAgainst(model, file);
    if (reason !== undefined) return `"${file}" ${reason}`;
  }
  return files.length === 0 ? pickleRefusal(model) : undefined;
}

function reasonAgainst(model: ModelListing, file: string): string | undefined {
  const contents = contentsOf(model.header!(file)!.tensors);
  const kind = kinds.find((each) => each.is(contents));
  if (kind) return `is ${kind.what}. ${kind.advice.replaceAll("FILE", file)}`;
  const missing = missingParts(contents) ?? [];
  if (missing.length > 0) {
    return `is a checkpoint without ${missing.join(" and ")}. Launch one that has all parts, or a folder of diffusers'.`;
  }
  if (model.files.length > 1) return undefined;
  const names = [...contents.tensors.keys()].slice(0, 3).map((name) => `"${name}"`);
  const found = names.length > 0 ? `its tensors begin with ${names.join(", ")}` : "it has none";
  return `holds no model that is known by its tensors' names: ${found}. Launch the folder that it was published in.`;
}

/** PyTorch's pickles at a model's root. */
const pickle = /^[^/]+\.(ckpt|pt|pth|bin)$/i;

function pickleRefusal({ files }: ModelListing): string | undefined {
  const file = files.find((each) => pickle.test(each));
  const hasConfig = files.some((each) => each.endsWith(".json"));
  if (file === undefined || hasConfig) return undefined;
  return `"${file}" is a pickle. Pickles can run code when opened, so Kindred does not read them. If it is a Stable Diffusion checkpoint that you trust, convert it with diffusers, and launch the folder: StableDiffusionPipeline.from_single_file("${file}").save_pretrained("folder").`;
}
