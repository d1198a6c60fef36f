import type { LaunchListing, ModelListing } from "@kindred/core";
import { named, transformerFolder } from "@kindred/text-encoders";
import type { ModelConfig } from "@kindred/text-encoders";

/**
 * Whether a folder holds a cross-encoder: a classifier of one label over a text encoder, of whatever architecture. One that says
 * another class, as jina-reranker-v1 did, is told by its name and by the classifier that it brings: CrossEncoder gives it one label.
 */
export function isCrossEncoder(model: ModelListing): boolean {
  const config = configOf(model);
  if (!(Number(config["vocab_size"]) > 0)) return false;
  if (isClassifier(config)) return labelsOf(config) === 1;
  return isCalledReranker(model) && bringsClassifier(config);
}

/** Says what a folder is that is no cross-encoder and is near to one. undefined for any other folder. */
export function notRanking(model: LaunchListing): string | undefined {
  const config = configOf(model);
  if (isClassifier(config)) {
    const labels = labelsOf(config);
    if (labels === 1) return undefined;
    return `"${model.id}" is a classifier of ${labels} labels. Classification is not served; documents are ranked by a classifier of one label.`;
  }
  if (!isCalledReranker(model) || bringsClassifier(config)) return undefined;
  return `"${model.id}" is a reranker of the class ${classOf(config)}. Rerankers that are served end in a classifier of one label, as BertForSequenceClassification does.`;
}

/** The names of rerankers that are language models: Qwen3-Reranker, bge-reranker-v2-gemma, jina-reranker-v3. */
const isCalledReranker = named(/rerank/i);

function configOf(model: ModelListing): ModelConfig {
  return transformerFolder(model).json("config.json") ?? {};
}

function isClassifier(config: ModelConfig): boolean {
  return classOf(config).endsWith("ForSequenceClassification");
}

function bringsClassifier({ auto_map }: ModelConfig): boolean {
  return typeof auto_map?.["AutoModelForSequenceClassification"] === "string";
}

function classOf({ architectures }: ModelConfig): string {
  return String([architectures].flat()[0] ?? "that config.json does not name");
}

/** Labels, counted as transformers does: two when the config says nothing. */
function labelsOf({ id2label, num_labels }: ModelConfig): number {
  if (typeof id2label === "object" && id2label !== null) return Object.keys(id2label).length;
  return typeof num_labels === "number" ? num_labels : 2;
}
