import type { Encoding, Tokenizer as Native } from "tokenizers";
import { throwIfAborted } from "../errors.ts";
import { arrange } from "./arrange.ts";
import type { Ids } from "./arrange.ts";
import { mapInSlices } from "./slices.ts";
import { bare, readTemplate } from "./template.ts";
import type { EncodeOptions, TextInput, Tokenizer, Tokens } from "./tokenizer.ts";

export interface TokenizerFacts {
  readonly limit: number | undefined;
  readonly truncationSide: "left" | "right";
}

/** Rows whose texts one native call takes: its results hold about 100 bytes a token until they are read and collected. */
const rowsPerCall = 64;

/** A tokenizer over the native one, which from here on neither truncates nor pads nor adds special tokens by itself. */
export async function folderTokenizer(native: Native, facts: TokenizerFacts): Promise<Tokenizer> {
  native.disableTruncation();
  native.disablePadding();
  const template = await readTemplate(native);
  const side = facts.truncationSide;

  async function read(inputs: readonly TextInput[], signal?: AbortSignal): Promise<readonly Ids[]> {
    const texts = inputs.filter((input) => typeof input === "string");
    const encodings = await native.encodeBatch(texts, { addSpecialTokens: false });
    const found = await mapInSlices(encodings, (each: Encoding) => each.getIds(), signal);
    let next = 0;
    return inputs.map((input) => (typeof input === "string" ? (found[next++] ?? []) : input));
  }

  /** Rows of one text or two each. A call's ids are arranged before the next is read: kept, they would be much to collect. */
  async function encodeRows(
    rows: readonly (readonly TextInput[])[],
    kind: "single" | "pair",
    { maximum = Infinity, specialTokens = true, signal }: EncodeOptions = {},
  ): Promise<readonly Tokens[]> {
    const arrangement = specialTokens ? template[kind] : bare;
    const tokens: Tokens[] = [];
    for (let i = 0; i < rows.length; i += rowsPerCall) {
      if (signal) throwIfAborted(signal);
      const call = rows.slice(i, i + rowsPerCall);
      const ids = await read(call.flat(), signal);
      const width = ids.length / call.length;
      const found = call.map((_, row) => ids.slice(row * width, (row + 1) * width));
      const arranged = (row: readonly Ids[]) => arrange(row, arrangement, { maximum, side });
      tokens.push(...(await mapInSlices(found, arranged, signal)));
    }
    return tokens;
  }

  return {
    vocabularySize: native.getVocabSize(true),
    limit: facts.limit,
    encode: (inputs, options) =>
      encodeRows(
        inputs.map((input) => [input]),
        "single",
        options,
      ),
    encodePairs: (pairs, options) => encodeRows(pairs, "pair", options),
  };
}
