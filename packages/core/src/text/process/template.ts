import type { NativeTokenizer } from "./native-tokenizer.ts";

/** The special tokens around one text or a pair of them, as the checkpoint's post-processor adds them. */
export interface Template {
  readonly single: Arrangement;
  readonly pair: Arrangement;
}

/** How special tokens lie around texts: in runs before, between and after them. */
export interface Arrangement {
  /** Number of ids in all runs. */
  readonly size: number;
  /** The runs, one more than there are texts. */
  readonly runs: readonly Run[];
  /** The type id of each text's tokens. */
  readonly types: readonly number[];
}

/** Special tokens that follow one another. */
export interface Run {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
}

const nothing: Run = { ids: [], typeIds: [] };

/** No special tokens. */
export const bare: Arrangement = { size: 0, runs: [nothing, nothing, nothing], types: [0, 1] };

/** Reads the template off encodings with and without special tokens, as post-processors are of many kinds. */
export async function readTemplate(native: NativeTokenizer): Promise<Template> {
  const probe = (await native.encode("a", null, { addSpecialTokens: false })).getIds();
  const single = await native.encode("a", null, { addSpecialTokens: true });
  const pair = await native.encode("a", "a", { addSpecialTokens: true });
  return {
    single: arrangement(single.getIds(), single.getTypeIds(), [probe]),
    pair: arrangement(pair.getIds(), pair.getTypeIds(), [probe, probe]),
  };
}

function arrangement(
  ids: readonly number[],
  typeIds: readonly number[],
  texts: readonly (readonly number[])[],
): Arrangement {
  const runs: Run[] = [];
  const types: number[] = [];
  let from = 0;
  for (const text of texts) {
    const at = indexOf(ids, text, from);
    runs.push({ ids: ids.slice(from, at), typeIds: typeIds.slice(from, at) });
    types.push(typeIds[at] ?? 0);
    from = at + text.length;
  }
  runs.push({ ids: ids.slice(from), typeIds: typeIds.slice(from) });
  return { runs, types, size: runs.reduce((sum, run) => sum + run.ids.length, 0) };
}

function indexOf(ids: readonly number[], part: readonly number[], from: number): number {
  let at = from;
  while (at < ids.length && !part.every((id, i) => ids[at + i] === id)) at++;
  return at;
}
