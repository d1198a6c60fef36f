import type { EmbeddingModel } from "./pipeline.ts";

/** Says how many texts were cut; undefined when none was. */
export function textsCut(
  cut: number,
  { of: texts, maxTokens }: { readonly of: number; readonly maxTokens: number },
): string | undefined {
  if (cut === 0) return undefined;
  const counted =
    texts === 1 ? "The text was" : `${cut} of ${texts} texts ${cut === 1 ? "was" : "were"}`;
  return `${counted} cut to ${maxTokens} tokens, which is all that the model takes.`;
}

/** Says that a model is not known to be trained for so few dimensions; undefined when it is, or gives them unasked. */
export function untrainedDimensions(
  dimensions: number,
  model: Pick<EmbeddingModel, "dimensions" | "defaultDimensions" | "matryoshka">,
): string | undefined {
  const { matryoshka } = model;
  const own = [model.dimensions, model.defaultDimensions];
  if (own.includes(dimensions) || matryoshka === true) return undefined;
  const cut = `Vectors were cut from ${model.dimensions} to ${dimensions} dimensions`;
  if (matryoshka === false) {
    return `${cut}. Nothing says that the model was trained for fewer (Matryoshka), so they may be less accurate.`;
  }
  return matryoshka.includes(dimensions)
    ? undefined
    : `${cut}. The model was trained for ${matryoshka.join(", ")}, so they may be less accurate.`;
}
