import { KernelError } from "@kindred/core";
import type { LaunchListing, ModelListing } from "@kindred/core";
import { looseFiles } from "../single-file/loose-files.ts";
import { unknownFile, unservedFile } from "../single-file/unserved-file.ts";
import { networksIn } from "./networks-in.ts";

/** A file that enlarges pictures: weights of ESRGAN's network, or what may be the ONNX graph of any network. */
export interface UpscalerFile {
  readonly file: string;
  readonly kind: "weights" | "graph";
}

/**
 * The file of a model that is an upscaler: the only one of ESRGAN's networks at its root, or else the only .onnx file of a folder
 * without weights and configs. undefined for any other model.
 */
export function upscalerIn(model: ModelListing): UpscalerFile | undefined {
  const networks = networksIn(model);
  const graphs = looseFiles(model).length === 0 ? graphsIn(model) : [];
  const [first, ...others] = [
    ...networks.map((file) => ({ file, kind: "weights" }) as const),
    ...graphs.map((file) => ({ file, kind: "graph" }) as const),
  ];
  return others.length === 0 ? first : undefined;
}

/** The file of an upscaler. LOAD_FAILED says what a model is that is none, and what to do. */
export function requiredUpscaler(model: LaunchListing): UpscalerFile {
  const found = upscalerIn(model);
  if (found) return found;
  const known = unservedFile(model) ??
    unknownFile(model) ?? {
      what: "holds no upscaler",
      advice:
        "Name a file of ESRGAN's network, such as RealESRGAN_x4plus.safetensors, or an ONNX file that enlarges pictures.",
    };
  const name = model.names[0] ?? model.id;
  throw new KernelError(
    "LOAD_FAILED",
    `The upscaler "${name}" of "${model.id}" ${known.what}. ${known.advice}`,
  );
}

function graphsIn({ files }: ModelListing): readonly string[] {
  if (files.some((file) => /(^|\/)(model_index|config)\.json$/.test(file))) return [];
  return files.filter((file) => /^[^/]+\.onnx$/i.test(file));
}
