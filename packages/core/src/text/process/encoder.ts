import { lowercase, sequenceNormalizer } from "tokenizers";
import type { PlacedTokens, TextInput, TokenizerFacts, Tokens } from "../tokenizer.ts";
import { arrange } from "./arrange.ts";
import type { Ids } from "./arrange.ts";
import { cleanedUp } from "./clean-up.ts";
import type { EncoderFolder } from "./encoder-folder.ts";
import type { NativeTokenizer } from "./native-tokenizer.ts";
import { placed } from "./placed.ts";
import type { Rows } from "./rows.ts";
import { bare, readTemplate } from "./template.ts";
import { maxTokensOf } from "./tokenizer-config.ts";
import type { TokenizerConfig } from "./tokenizer-config.ts";

/** Ids are int32. */
const maxId = 2_147_483_647;

export interface RowOptions {
  /** Most ids of a row, special tokens included. Infinity: all. */
  readonly maxTokens: number;
  readonly specialTokens: boolean;
}

/** A tokenizer in the process that it works in. */
export interface Encoder<Facts extends TokenizerFacts = TokenizerFacts> {
  /** Asked for once, when the tokenizer is opened; they cross to the server as a structured clone of at most 10 MB. */
  readonly facts: Facts;
  /** Tokenises rows, one call at a time. The results are in the order of the rows. */
  encode(rows: Rows, options: RowOptions): Promise<readonly Tokens[]>;
  /** Tokenises texts without truncation, one call at a time, with the place of each token. */
  tokenize(
    texts: readonly string[],
    options: Pick<RowOptions, "specialTokens">,
  ): Promise<readonly PlacedTokens[]>;
  /** The text of each row of ids, with special tokens or without. */
  decode(
    rows: readonly Ids[],
    options: { readonly skipSpecialTokens: boolean },
  ): Promise<readonly string[]>;
}

/** The exports of a module that is named to a tokenizer's process. */
export interface EncoderModule<Facts extends TokenizerFacts = TokenizerFacts> {
  /**
   * Opens a tokenizer. `folder` holds its files, `config` is its `tokenizer_config.json`. The message of what it throws becomes
   * part of a LOAD_FAILED. The process may be started anew, and then the files that were read must be what they were.
   */
  openEncoder(folder: EncoderFolder, config: TokenizerConfig): Promise<Encoder<Facts>>;
}

/**
 * The encoder over a native tokenizer, which from here on neither truncates nor pads nor adds special tokens by itself.
 * Special tokens are placed as its post-processor places them.
 */
export async function encoderOf(
  native: NativeTokenizer,
  config: TokenizerConfig,
): Promise<Encoder> {
  native.disableTruncation();
  native.disablePadding();
  if (config.lowercase) {
    native.setNormalizer(sequenceNormalizer([lowercase(), native.getNormalizer() ?? []].flat()));
  }
  const template = await readTemplate(native);
  const side = config.truncation_side ?? "right";
  return {
    facts: { vocabularySize: vocabularySize(native), maxTokens: maxTokensOf(config) },

    async encode(rows, { maxTokens, specialTokens }) {
      const width = rows[0]?.length ?? 1;
      const arrangement = specialTokens ? template[width === 2 ? "pair" : "single"] : bare;
      const ids = await idsOf(native, rows.flat());
      return rows.map((_, row) =>
        arrange(ids.slice(row * width, (row + 1) * width), arrangement, { maxTokens, side }),
      );
    },

    async tokenize(texts, { specialTokens }) {
      const encodings = await native.encodeBatch([...texts], { addSpecialTokens: false });
      const arrangement = specialTokens ? template.single : bare;
      return encodings.map((encoding) => placed(encoding, native, arrangement));
    },

    async decode(rows, { skipSpecialTokens }) {
      const ids = rows.map((row) => [...row]);
      const texts = await native.decodeBatch(ids, skipSpecialTokens);
      return config.clean_up_tokenization_spaces ? texts.map(cleanedUp) : texts;
    },
  };
}

/** A vocabulary with a piece twice has ids beyond the number of its pieces. */
function vocabularySize(native: NativeTokenizer): number {
  let size = native.getVocabSize(true);
  while (native.idToToken(size) !== null) size++;
  return size;
}

async function idsOf(
  native: NativeTokenizer,
  inputs: readonly TextInput[],
): Promise<readonly (readonly number[])[]> {
  const texts = inputs.filter((input) => typeof input === "string");
  const encodings = await native.encodeBatch(texts, { addSpecialTokens: false });
  let next = 0;
  return inputs.map((input) =>
    typeof input === "string" ? checked(encodings[next++]!.getIds()) : input,
  );
}

/** A vocabulary may give a piece any number of 32 bits. */
function checked(ids: readonly number[]): readonly number[] {
  const beyond = ids.find((id) => id > maxId);
  if (beyond === undefined) return ids;
  throw new Error(`its vocabulary has the id ${beyond}, and ids are at most ${maxId}`);
}
