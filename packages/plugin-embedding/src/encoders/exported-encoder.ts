import { KernelError } from "@kindred/core";
import type { Graph, Tensor } from "@kindred/core";
import type { ExportedGraph } from "@kindred/core/onnx";
import type { Encoder } from "./encoder.ts";
import { poolStates } from "./host-pooling.ts";
import { padded } from "./padding.ts";
import type { Pooling } from "../graphs/pooling.ts";
import { normalized, rowsOf } from "./vectors.ts";

/** Outputs that exports have; the first is pooled already. */
const outputs = ["sentence_embedding", "last_hidden_state", "token_embeddings"];
const inputs = ["input_ids", "attention_mask", "token_type_ids"];

/** Of a graph as Optimum exports them, whose token states are pooled here if the graph does not. LOAD_FAILED when its inputs or outputs are none of those. */
export function exportedEncoder(source: ExportedGraph, graph: Graph, pooling: Pooling): Encoder {
  const output = outputs.find((name) => source.outputs.includes(name));
  if (output === undefined) throw unlike(source, "outputs", outputs);
  if (!source.inputs.every((name) => inputs.includes(name))) throw unlike(source, "inputs", inputs);

  return async (items, signal) => {
    const { [output]: result } = await graph.run(feedsOf(source, items), [output], signal);
    const lengths = items.map((ids) => ids.length);
    const vectors =
      output === "sentence_embedding"
        ? rowsOf(result!)
        : poolStates(result!, lengths, pooling.modes);
    return pooling.normalize ? vectors.map(normalized) : vectors;
  };
}

/** Those of the inputs that the graph has, in its own integer type. All tokens are of the first type. */
function feedsOf(source: ExportedGraph, items: readonly Int32Array[]): Record<string, Tensor> {
  const { input_ids, attention_mask } = padded(items);
  const { dims, data } = input_ids;
  const token_type_ids: Tensor = { type: "int64", dims, data: new BigInt64Array(data.length) };
  const all: Record<string, Tensor> = { input_ids, attention_mask, token_type_ids };
  return Object.fromEntries(
    source.inputs.map((name) => [name, as(source.types[name]!.type, all[name]!)]),
  );
}

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
