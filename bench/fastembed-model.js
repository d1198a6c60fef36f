import { join } from "node:path";
import { EmbeddingModel, FlagEmbedding } from "fastembed";

/** Opens fastembed over the optimized export, the form it ships, as a function from texts to vectors. */
export async function openModel(folder, maxLength) {
  const model = await FlagEmbedding.init({
    model: EmbeddingModel.CUSTOM,
    modelAbsoluteDirPath: folder,
    modelName: join("onnx", "model_optimized.onnx"),
    maxLength,
  });
  return async (texts, batch) => {
    const vectors = [];
    for await (const found of model.embed(texts, batch)) vectors.push(...found);
    return vectors;
  };
}
