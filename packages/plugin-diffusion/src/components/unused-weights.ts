import { logger } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import type { BuiltGraph } from "@kindred/core/onnx";

/**
 * Weights that text-to-image does not need: the encoders of autoencoders, the table of 0, 1, 2 … in old text encoders, and the
 * queries of the text in the last block of Stable Diffusion 3's transformer, which nothing reads.
 */
const expected =
  /^(encoder\.(conv|down|mid|layers\.\d+\.(weight|bias|conv\.))|quant_conv\.|(text_model\.)?embeddings\.position_ids$|transformer_blocks\.\d+\.attn\.(add_q_proj|norm_added_q)\.)/;

/** Weights that one line of the log names: a header may have tens of thousands. */
const maxNamed = 20;

/** Logs a checkpoint's weights that its graph did not ask for. */
export function warnOfUnused({ get, model }: LoadContext, { name, unused }: BuiltGraph): void {
  const weights = unused.filter((each) => !expected.test(each));
  if (weights.length === 0) return;
  const facts = { model: model.id, graph: name, count: weights.length };
  get(logger).warn({ ...facts, weights: weights.slice(0, maxNamed) }, "weights left unused");
}
