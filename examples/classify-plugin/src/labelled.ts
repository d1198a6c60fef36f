import { linear } from "@kindred/core/onnx";
import type { Head } from "@kindred/text-encoders";

/**
 * BERT's classifier (arXiv:1810.04805) as the end of a graph: the state of each text's first token, the pooler and a layer over it, and a
 * softmax. `probabilities`, float32 [batch, labels].
 */
export const labelled =
  (width: number, labels: number): Head =>
  (g, { states }) => {
    const first = g.node("Gather", [states, g.int64([0], [])], { axis: 1 });
    const pooled = g.node("Tanh", [linear(g.at("pooler.dense"), first, width, width)]);
    const logits = linear(g.at("classifier"), pooled, width, labels);
    g.output("probabilities", g.node("Softmax", [logits], { axis: -1 }));
  };
