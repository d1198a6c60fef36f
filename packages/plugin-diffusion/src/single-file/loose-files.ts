import { isKernelError } from "@kindred/core";
import type { ModelListing, WeightsHeader } from "@kindred/core";

/** The files of weights at the root of a model that has no config there: .safetensors, and where there are none, PyTorch's. */
export function looseFiles({ files }: ModelListing): readonly string[] {
  if (files.some((file) => /^(model_index|config|adapter_config)\.json$/.test(file))) return [];
  const [safetensors, pytorch] = [/^[^/]+\.safetensors$/, /^[^/]+\.(ckpt|pt|pth|bin)$/i].map(
    (pattern) => files.filter((file) => pattern.test(file)),
  );
  return safetensors!.length > 0 ? safetensors! : pytorch!;
}

/** A loose file that could be read. */
export interface LooseWeights {
  readonly file: string;
  readonly header: WeightsHeader;
}

/** The loose files whose headers are sound. There are none where the source cannot read headers. */
export function looseWeights(model: ModelListing): readonly LooseWeights[] {
  return looseFiles(model).flatMap((file) => {
    const header = headerOf(model, file);
    return header === undefined || header instanceof Error ? [] : { file, header };
  });
}

/** A file's header, or why it is not sound. undefined when the source cannot read it. */
export function headerOf(model: ModelListing, file: string): WeightsHeader | Error | undefined {
  try {
    return model.header?.(file);
  } catch (error) {
    if (isKernelError(error)) return error;
    throw error;
  }
}
