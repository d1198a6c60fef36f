import { join } from "node:path";
import type { Graph, Tensor } from "@kindred/core";
import { checkResult, openExport } from "@kindred/core/onnx";
import type { ExportedGraph } from "@kindred/core/onnx";
import type { EncoderFacts } from "../architectures/architecture.ts";
import { exportFiles } from "../folder/onnx-files.ts";
import type { TransformerFolder } from "../folder/transformer-folder.ts";
import type { Pooling } from "../graphs/pooling.ts";
import { batchOf, rowsOf } from "./batch.ts";
import type { Encoder, EncoderInput, EncoderSource } from "./encoder.ts";
import { checkInputs, outputFor, shapeOf } from "./export-edges.ts";
import type { AskedOutput } from "./export-edges.ts";
import { poolStates } from "./host-pooling.ts";
import { normalized } from "./normalized.ts";

/** The encoder of an .onnx file as Optimum exports it, of whatever architecture. Token states are pooled here. */
export function exportedEncoder(
  transformer: TransformerFolder,
  file: string,
  facts: EncoderFacts,
): EncoderSource {
  return {
    facts,
    files: exportFiles(transformer, file),
    async open(context, pooling) {
      const path = join(context.model.path, transformer.directory, file);
      const source = await openExport("encoder", path);
      checkInputs(source);
      const output = outputFor(source, pooling, facts.dimensions);
      const graph = context.graph({ ...source, outputs: [output.name] });
      return encoderOf(graph, source, { output, pooling });
    },
  };
}

interface Answer {
  /** The output that is asked for. */
  readonly output: AskedOutput;
  readonly pooling: Pooling;
}

function encoderOf(
  graph: Graph,
  { inputs: names, types }: ExportedGraph,
  { output, pooling }: Answer,
): Encoder {
  return async (items, { signal }) => {
    const all = feedsOf(items);
    const feeds = names.map((name) => [name, as(types[name]!.type, all[name as keyof typeof all])]);
    const results = await graph.run(Object.fromEntries(feeds), [output.name], signal);
    const result = results[output.name]!;
    const shape = shapeOf(output, ...all.input_ids.dims);
    checkResult(result, shape, { graph: graph.source.name, output: output.name });
    const spans = items.map(({ ids, skipped }) => ({ length: ids.length, skipped }));
    const vectors = output.isPooled ? rowsOf(result) : poolStates(result, spans, pooling.modes);
    return pooling.normalize ? vectors.map(normalized) : vectors;
  };
}

/** All that an export may ask for. All tokens are of the first type. */
function feedsOf(items: readonly EncoderInput[]) {
  const batch = batchOf(items);
  const { dims, data } = batch.input_ids;
  return {
    ...batch,
    token_type_ids: { type: "int64", dims, data: new BigInt64Array(data.length) },
  } as const;
}

/** The tensor in the graph's own integers. */
function as(type: string, tensor: Tensor): Tensor {
  if (type !== "int32") return tensor;
  const data = Int32Array.from(tensor.data as BigInt64Array, Number);
  return { type: "int32", dims: tensor.dims, data };
}
