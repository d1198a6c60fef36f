import { join } from "node:path";
import { KernelError } from "@kindred/core";
import type { Graph, ModelListing, Tensor } from "@kindred/core";
import { openExport } from "@kindred/core/onnx";
import type { ExportedGraph } from "@kindred/core/onnx";
import type { EncoderFacts } from "../architectures/architecture.ts";
import { exportFiles } from "../folder/export-files.ts";
import type { Pooling } from "../graphs/pooling.ts";
import { batchOf, rowsOf } from "./batch.ts";
import type { Encoder, EncoderSource } from "./encoder.ts";
import { poolStates } from "./host-pooling.ts";
import { normalized } from "./normalized.ts";

/** Outputs of exports, in the order that they are looked for; the first is pooled already, the others are token states. */
const outputs = ["sentence_embedding", "last_hidden_state", "token_embeddings"];
const inputs = ["input_ids", "attention_mask", "token_type_ids"];

/** The encoder of an .onnx file as Optimum exports it, of whatever architecture. Token states are pooled here. */
export function exportedEncoder(
  model: ModelListing,
  file: string,
  facts: EncoderFacts,
): EncoderSource {
  return {
    facts,
    files: exportFiles(model, file),
    async open(context, pooling) {
      const path = join(context.model.path, file);
      const source = await openExport("encoder", path);
      const output = outputs.find((name) => source.outputs.includes(name));
      if (output === undefined) throw unlike({ ...source, model: path }, "outputs", outputs);
      if (!source.inputs.every((name) => inputs.includes(name)))
        throw unlike({ ...source, model: path }, "inputs", inputs);
      return encoderOf(context.graph(source), source, { output, pooling });
    },
  };
}

interface Answer {
  /** The output that is asked for. */
  readonly output: string;
  readonly pooling: Pooling;
}

function encoderOf(
  graph: Graph,
  { inputs: names, types }: ExportedGraph,
  { output, pooling }: Answer,
): Encoder {
  return async (items, { signal }) => {
    const all = feedsOf(items);
    const feeds = names.map((name) => [name, as(types[name]!.type, all[name]!)]);
    const { [output]: result } = await graph.run(Object.fromEntries(feeds), [output], signal);
    const lengths = items.map((ids) => ids.length);
    const vectors =
      output === "sentence_embedding"
        ? rowsOf(result!)
        : poolStates(result!, lengths, pooling.modes);
    return pooling.normalize ? vectors.map(normalized) : vectors;
  };
}

/** All that an export may ask for. All tokens are of the first type. */
function feedsOf(items: readonly Int32Array[]): Record<string, Tensor> {
  const batch = batchOf(items);
  const { dims, data } = batch.input_ids;
  return {
    ...batch,
    token_type_ids: { type: "int64", dims, data: new BigInt64Array(data.length) },
  };
}

/** The tensor in the graph's own integers. */
function as(type: string, tensor: Tensor): Tensor {
  if (type !== "int32") return tensor;
  const data = Int32Array.from(tensor.data as BigInt64Array, Number);
  return { type: "int32", dims: tensor.dims, data };
}

function unlike(
  source: ExportedGraph,
  what: "inputs" | "outputs",
  known: readonly string[],
): KernelError {
  return new KernelError(
    "LOAD_FAILED",
    `${source.model} has the ${what} ${source[what].join(", ")}; known are ${known.join(", ")}. Export it with Optimum for feature extraction.`,
  );
}
