import { lowercase, sequenceNormalizer } from "tokenizers";
import type { Tokenizer as Native } from "tokenizers";
import type { TextInput, TokenizerFacts, Tokens } from "../tokenizer.ts";
import { arrange } from "./arrange.ts";
import { bare, readTemplate } from "./template.ts";
import { tokenLimit } from "./tokenizer-config.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";

/** Rows of one text each, or all of two. */
export type Rows = readonly (readonly TextInput[])[];

export interface RowOptions {
  readonly maximum: number;
  readonly specialTokens: boolean;
}

/** A tokenizer in the thread that it works in. */
export interface Encoder<Facts extends TokenizerFacts = TokenizerFacts> {
  readonly facts: Facts;
  encode(rows: Rows, options: RowOptions): Promise<readonly Tokens[]>;
}

/** Over a native tokenizer, which from here on neither truncates nor pads nor adds special tokens by itself. */
export async function encoderOf(native: Native, config: TokenizerConfig): Promise<Encoder> {
  native.disableTruncation();
  native.disablePadding();
  if (config.lowercase) {
    native.setNormalizer(sequenceNormalizer([lowercase(), native.getNormalizer() ?? []].flat()));
  }
  const template = await readTemplate(native);
  const side = config.truncation_side ?? "right";
  return {
    facts: { vocabularySize: native.getVocabSize(true), limit: tokenLimit(config) },

    async encode(rows, { maximum, specialTokens }) {
      const width = rows[0]?.length ?? 1;
      const arrangement = specialTokens ? template[width === 2 ? "pair" : "single"] : bare;
      const ids = await idsOf(native, rows.flat());
      return rows.map((_, row) =>
        arrange(ids.slice(row * width, (row + 1) * width), arrangement, { maximum, side }),
      );
    },
  };
}

async function idsOf(
  native: Native,
  inputs: readonly TextInput[],
): Promise<readonly (readonly number[])[]> {
  const texts = inputs.filter((input) => typeof input === "string");
  const encodings = await native.encodeBatch(texts, { addSpecialTokens: false });
  let next = 0;
  return inputs.map((input) => (typeof input === "string" ? encodings[next++]!.getIds() : input));
}
