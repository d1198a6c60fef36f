import { linear } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { Head } from "@kindred/text-encoders";

/** The graph's output: float32 [batch, 1], a score of each pair before its activation. */
export const logits = "logits";

/** Makes scores of an encoder's states, which are so wide. */
export type Classifier = (width: number) => Head;

/** BERT's: the pooler over the first token, then one layer (Devlin et al. 2018, arXiv:1810.04805). */
export const bertClassifier: Classifier =
  (width) =>
  (g, { states }) => {
    const pooled = g.node("Tanh", [linear(g.at("pooler.dense"), first(g, states), width, width)]);
    g.output(logits, linear(g.at("classifier"), pooled, width, 1, { exact: true }));
  };

/** RoBERTa's, which has two layers of its own (Liu et al. 2019, arXiv:1907.11692). */
export const robertaClassifier: Classifier =
  (width) =>
  (g, { states }) => {
    const classifier = g.at("classifier");
    const dense = linear(classifier.at("dense"), first(g, states), width, width);
    const score = linear(classifier.at("out_proj"), g.node("Tanh", [dense]), width, 1, {
      exact: true,
    });
    g.output(logits, score);
  };

/** The state of each text's first token, [batch, width]. */
function first(g: GraphBuilder, states: Value): Value {
  return g.node("Gather", [states, g.int64([0], [])], { axis: 1 });
}

/** The classifiers that have a graph here, by the classes of transformers that end in them. */
export const classifiers: Readonly<Record<string, Classifier>> = {
  BertForSequenceClassification: bertClassifier,
  RobertaForSequenceClassification: robertaClassifier,
  XLMRobertaForSequenceClassification: robertaClassifier,
  CamembertForSequenceClassification: robertaClassifier,
};
