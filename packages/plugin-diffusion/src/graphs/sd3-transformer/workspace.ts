import type { Dims } from "@kindred/core";
import type { Sd3TransformerConfig } from "../sd3-transformer-config.ts";

/** Vectors of the width that are alive at once for each token, mostly those of the feed-forward. */
const vectors = 16;

/** Tokens of a text of one window and of T5's default length. */
const textTokens = 77 + 256;

/** Bytes of activations of one run, by the dims of `hidden_states` and, where they are known, `encoder_hidden_states`. */
export function sd3Workspace(config: Sd3TransformerConfig): (dims: Dims) => number {
  const { patch_size: size, width } = config;
  return ({ hidden_states = [], encoder_hidden_states = [] }) => {
    const [batch = 1, , height = 0, columns = 0] = hidden_states;
    const [, sequence = textTokens] = encoder_hidden_states;
    const tokens = (height * columns) / size ** 2 + sequence;
    return 4 * batch * tokens * vectors * width;
  };
}
