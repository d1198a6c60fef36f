/** What a Transformer module is for, by the name that sentence-transformers saves: the states of tokens, or the scores of texts. */
export type TransformerTask = "feature-extraction" | "sequence-classification";

interface TaskFacts {
  /** The output of the network that the module takes. */
  readonly output: string;
  /** What the module calls it. */
  readonly feature: string;
  /** What Optimum calls the export of such a network. */
  readonly exported: string;
}

export const transformerTasks: Readonly<Record<TransformerTask, TaskFacts>> = {
  "feature-extraction": {
    output: "last_hidden_state",
    feature: "token_embeddings",
    exported: "feature extraction",
  },
  "sequence-classification": {
    output: "logits",
    feature: "scores",
    exported: "text classification",
  },
};
