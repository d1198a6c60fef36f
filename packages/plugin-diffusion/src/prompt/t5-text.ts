import { KernelError, reached } from "@kindred/core";
import type { Graph, Tensor } from "@kindred/core";
import type { Tokenizer } from "@kindred/core/text";
import type { PromptText, TokenizedText } from "./clip-encoder.ts";
import { idTensor } from "./input-ids.ts";
import type { IdType } from "./input-ids.ts";
import { Recent } from "./recent.ts";

/** Texts whose states are kept: 4 MB for 256 tokens of Stable Diffusion 3. */
const maxKept = 8;

/** A T5 text encoder with its tokenizer. It takes a text as one sequence. */
export interface T5Text {
  /**
   * A text's ids with the end token. INVALID_INPUT on the prompt's field when they are more than `length` and are not to be
   * cut. Runs no graph.
   */
  tokenize(prompt: PromptText, length: number, signal: AbortSignal): Promise<TokenizedText>;
  /** The states of a text padded to `length` tokens: float32 [1, length, width]. Rejects as `Graph.run` does. */
  encode(ids: Int32Array, length: number, signal: AbortSignal): Promise<Tensor>;
}

export interface T5TextOptions {
  readonly graph: Graph;
  readonly tokenizer: Tokenizer;
  /** The id behind a text. */
  readonly padding: number;
  readonly ids: IdType;
}

const output = "last_hidden_state";

export function t5Text({ graph, tokenizer, padding, ids: type }: T5TextOptions): T5Text {
  const kept = new Recent<Tensor>(maxKept);
  return {
    async tokenize({ text, field, truncate }, length, signal) {
      const [tokens] = await tokenizer.encode([text], { maxTokens: length, signal });
      const { ids, length: whole } = tokens!;
      if (whole <= length) return { ids };
      if (truncate) return { ids, cut: { field, tokens: whole - 1, kept: length - 1 } };
      reached("prompt.tokens");
      throw new KernelError(
        "INVALID_INPUT",
        `The text has ${whole} tokens of T5, and ${length} fit. Shorten it, raise max_sequence_length, or send prompt_truncate: true to have it cut.`,
        { param: field },
      );
    },

    encode: (ids, length, signal) =>
      kept.get(`${length} ${ids.join()}`, async () => {
        const row = [...ids, ...Array<number>(length - ids.length).fill(padding)];
        const found = await graph.run({ input_ids: idTensor(row, type) }, [output], signal);
        return found[output];
      }),
  };
}
