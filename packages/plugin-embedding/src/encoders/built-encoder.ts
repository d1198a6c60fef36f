import type { LoadContext, Tensor } from "@kindred/core";
import { checkResult } from "@kindred/core/onnx";
import type { PrecisionChoice, Shape } from "@kindred/core/onnx";
import { batchOf, maskOf, rowsOf } from "@kindred/text-encoders";
import type { BuiltSource } from "@kindred/text-encoders";
import { pooled, poolingMask } from "../graphs/pooling.ts";
import type { Pooling } from "../graphs/pooling.ts";
import type { EmbeddingKind, EncodedText } from "../kinds/embedding-kind.ts";
import { lexicalWeights } from "../kinds/lexical-weights.ts";
import { tokenHeads, tokenVectors, tokenWeights } from "../kinds/token-heads.ts";
import type { TokenHeads } from "../kinds/token-heads.ts";
import type { Encoder, EncoderInput } from "./encoder.ts";

export interface BuiltEncoderOptions {
  readonly precision: PrecisionChoice | undefined;
  readonly pooling: Pooling;
  readonly heads: TokenHeads;
  /** Ids of tokens without a lexical weight. */
  readonly unweighted: ReadonlySet<number>;
}

export interface BuiltEncoder {
  readonly encode: Encoder;
  /** The precision that its graph computes in. */
  readonly precision: string | undefined;
}

/** The graph's output for each kind. */
const outputs = { dense: "embedding", sparse: tokenWeights, colbert: tokenVectors } as const;

/** The encoder that an architecture builds. Its graph pools and normalises by itself. A run gives the outputs that its texts ask for. */
export async function builtEncoder(
  source: BuiltSource,
  context: LoadContext,
  { precision, pooling, heads, unweighted }: BuiltEncoderOptions,
): Promise<BuiltEncoder> {
  const { dimensions } = source.facts;
  const ofTokens = tokenHeads(heads, dimensions);
  const ofTexts = pooled(pooling);
  const head: typeof ofTexts = (g, states) => (ofTexts(g, states), ofTokens(g, states));
  const graph = await source.open(context, head, { beside: heads.weights, precision });
  const skips = graph.source.inputs.includes(poolingMask);

  const encode: Encoder = async (items, { signal }) => {
    const batch = batchOf(items);
    const feeds = skips
      ? { ...batch, [poolingMask]: maskOf(items, ({ skipped }) => skipped) }
      : batch;
    const [count = 0, longest = 0] = batch.input_ids.dims;
    const shapes: Readonly<Record<EmbeddingKind, Shape>> = {
      dense: [count, dimensions * pooling.modes.length],
      sparse: [count, longest],
      colbert: [count, longest, heads.colbert],
    };
    const kinds = [...new Set(items.flatMap((item) => item.kinds))];
    const names = kinds.map((kind) => outputs[kind]);
    const results: Readonly<Record<string, Tensor>> = await graph.run(feeds, names, signal);
    for (const kind of kinds) {
      const output = outputs[kind];
      checkResult(results[output]!, shapes[kind], { graph: graph.source.name, output });
    }
    const { embedding, [tokenWeights]: weights, [tokenVectors]: vectors } = results;
    const [dense, sparse] = [embedding, weights].map((each) => each && rowsOf(each));
    return items.map((item, row): EncodedText => {
      const { ids, kinds: asked } = item;
      return {
        ...(asked.includes("dense") && { dense: dense![row]! }),
        ...(asked.includes("sparse") && {
          sparse: lexicalWeights(ids, sparse![row]!, unweighted),
        }),
        ...(asked.includes("colbert") && { colbert: vectorsOf(vectors!, item, row) }),
      };
    });
  };
  return { encode, precision: graph.source.precision };
}

/** The vectors of a row's tokens but the first, which stands for the whole text, in a memory of their own. */
function vectorsOf(
  { data, dims: [, longest = 0, width = 0] }: Tensor,
  { ids }: EncoderInput,
  row: number,
): readonly Float32Array[] {
  const start = row * longest;
  const own = (data as Float32Array).slice((start + 1) * width, (start + ids.length) * width);
  return Array.from({ length: ids.length - 1 }, (_, i) => own.subarray(i * width, (i + 1) * width));
}
