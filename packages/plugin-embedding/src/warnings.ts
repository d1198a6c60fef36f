import type { EmbeddingModel } from "./pipeline.ts";

/** Says how many texts were cut; undefined when none was. */
export function textsCut(
  cut: number,
  {
    of: texts,
    maxTokens,
    isAsked,
  }: { readonly of: number; readonly maxTokens: number; readonly isAsked: boolean },
): string | undefined {
  if (cut === 0) return undefined;
  const counted =
    texts === 1 ? "The text was" : `${cut} of ${texts} texts ${cut === 1 ? "was" : "were"}`;
  const why = isAsked ? "as the request asks" : "which is all that the model takes";
  return `${counted} cut to ${maxTokens} tokens, ${why}.`;
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
