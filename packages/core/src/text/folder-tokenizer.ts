import type { Encoding, Tokenizer as Native } from "tokenizers";
import { throwIfAborted } from "../errors.ts";
import { arrange } from "./arrange.ts";
import type { Ids } from "./arrange.ts";
import { mapInSlices } from "./slices.ts";
import { bare, readTemplate } from "./template.ts";
import type { TextInput, Tokenizer } from "./tokenizer.ts";

export interface TokenizerFacts {
  readonly limit: number | undefined;
  readonly truncationSide: "left" | "right";
}

/** Texts that one native call takes: its results hold about 100 bytes a token until they are read and collected. */
const textsPerCall = 64;

/** A tokenizer over the native one, which from here on neither truncates nor pads nor adds special tokens by itself. */
export async function folderTokenizer(native: Native, facts: TokenizerFacts): Promise<Tokenizer> {
  native.disableTruncation();
  native.disablePadding();
  const template = await readTemplate(native);
  const side = facts.truncationSide;

  async function read(inputs: readonly TextInput[], signal?: AbortSignal): Promise<readonly Ids[]> {
    const texts = inputs.filter((input) => typeof input === "string");
    const found: Ids[] = [];
    for (let i = 0; i < texts.length; i += textsPerCall) {
      if (signal) throwIfAborted(signal);
      const call = texts.slice(i, i + textsPerCall);
      const encodings = await native.encodeBatch(call, { addSpecialTokens: false });
      found.push(...(await mapInSlices(encodings, (each: Encoding) => each.getIds(), signal)));
    }
    let next = 0;
    return inputs.map((input) => (typeof input === "string" ? (found[next++] ?? []) : input));
  }

  return {
    vocabularySize: native.getVocabSize(true),
    limit: facts.limit,

    async encode(inputs, { maximum = Infinity, specialTokens = true, signal } = {}) {
      const arrangement = specialTokens ? template.single : bare;
      const ids = await read(inputs, signal);
      return mapInSlices(ids, (text) => arrange([text], arrangement, { maximum, side }), signal);
    },

    async encodePairs(pairs, { maximum = Infinity, specialTokens = true, signal } = {}) {
      const arrangement = specialTokens ? template.pair : bare;
      const first = await read(
        pairs.map(([text]) => text),
        signal,
      );
      const second = await read(
        pairs.map(([, text]) => text),
        signal,
      );
      const texts = first.map((text, i) => [text, second[i] ?? []]);
      return mapInSlices(texts, (pair) => arrange(pair, arrangement, { maximum, side }), signal);
    },
  };
}
