import type { Batched, Endpoint, ModelFamily, Plugin, Task } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import { openTokenizer } from "@kindred/core/text";
import type { Tokens } from "@kindred/core/text";
import { batchOf, bert, rowsOf } from "@kindred/text-encoders";
import * as z from "zod";
import { labelled } from "./labelled.ts";

/** What the texts are about, by a classifier that knows so many labels. */
export interface Classification {
  readonly labels: readonly string[];
  /** For each text the probability of each label. */
  readonly probabilities: readonly Float32Array[];
  /** How many texts were cut to the tokens that the model takes. */
  readonly cut: number;
  /** Tokens of all texts as they ran. */
  readonly tokens: number;
}
export const classificationTask: Task<readonly string[], Classification> = {
  name: "classification",
};

const bertClassifier: ModelFamily<typeof classificationTask> = {
  name: "bert-classifier",
  task: classificationTask,
  match(model) {
    const config = model.json("config.json") ?? {};
    const [kind] = [config.architectures].flat();
    const several = Object.keys(config.id2label ?? {}).length > 1;
    return kind === "BertForSequenceClassification" && several && bert.matches(config) && "own";
  },
  async load({ model, graph, signal, use }) {
    const config = model.json("config.json");
    const labels = Object.values<string>(config.id2label);
    const { dimensions, maxTokens: positions } = bert.read(config);
    const tokenizer = use(await openTokenizer(model, { signal }));
    const weights = await openSafetensors(model.path, "model.safetensors");
    const classifier = graph(bert.graph(config, weights, labelled(dimensions, labels.length)));
    const maxTokens = Math.min(positions, tokenizer.maxTokens ?? Infinity);
    const pipeline: Batched<readonly string[], Classification, Tokens, Float32Array> = {
      budget: 256,
      info: { model_type: "classification", model_ability: ["classify"], labels },
      items: (texts, { signal }) => tokenizer.encode(texts, { maxTokens, signal }),
      cost: ({ ids }) => ids.length,
      async runItems(items, { signal }) {
        const { probabilities } = await classifier.run(batchOf(items), ["probabilities"], signal);
        return rowsOf(probabilities);
      },
      output: (probabilities, items) => ({
        labels,
        probabilities,
        cut: items.filter(({ ids, length }) => length > ids.length).length,
        tokens: items.reduce((sum, { ids }) => sum + ids.length, 0),
      }),
    };
    return pipeline;
  },
};

const text = z.string().min(1);
const body = z.strictObject({
  model: z.string().nullish(),
  input: z.array(text).min(1).max(1000).or(text).describe("A text, or several."),
});

/** The endpoint that vLLM has for classifiers. */
const endpoint: Endpoint<typeof classificationTask, z.infer<typeof body>> = {
  path: "/v1/classify",
  task: classificationTask,
  body,
  text: "input",
  decode: ({ model, input }) => ({ model: model ?? undefined, input: [input].flat() }),
  encode({ labels, probabilities, cut, tokens }, { model, warn }) {
    if (cut > 0) warn(`Texts cut to what the model reads: ${cut}.`);
    const data = probabilities.map((probs, index) => ({
      index,
      label: labels[probs.indexOf(Math.max(...probs))],
      probs,
      num_classes: labels.length,
    }));
    return { object: "list", model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
  },
};

export default function classify(): Plugin {
  return {
    contract: 1,
    name: "classify",
    families: [bertClassifier],
    endpoints: [endpoint],
  };
}
