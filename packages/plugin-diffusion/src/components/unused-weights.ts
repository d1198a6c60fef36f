import { logger } from "@kindred/core";
import type { LoadContext } from "@kindred/core";
import type { BuiltGraph } from "@kindred/core/onnx";

/**
 * Weights that text-to-image does not need: the autoencoder's encoder, the table of 0, 1, 2 … in old text encoders, and the
 * queries of the text in the last block of Stable Diffusion 3's transformer, which nothing reads.
 */
const expected =
  /^(encoder\.(conv|down|mid)|quant_conv\.|(text_model\.)?embeddings\.position_ids$|transformer_blocks\.\d+\.attn\.(add_q_proj|norm_added_q)\.)/;

/** Logs a checkpoint's weights that its graph did not ask for. */
export function warnOfUnused({ get, model }: LoadContext, { name, unused }: BuiltGraph): void {
  const weights = unused.filter((each) => !expected.test(each));
  if (weights.length > 0)
    get(logger).warn({ model: model.id, graph: name, weights }, "weights left unused");
}
