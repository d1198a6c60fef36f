import type { Tokenizer as Native } from "tokenizers";

/** The special tokens around one text or a pair of them, as the checkpoint's post-processor adds them. */
export interface Template {
  readonly single: Arrangement;
  readonly pair: Arrangement;
}

/** Runs of special tokens before, between and after the texts. */
export interface Arrangement {
  /** How many ids all runs have. */
  readonly size: number;
  /** One run more than there are texts. */
  readonly runs: readonly Run[];
  /** The type id of each text's tokens. */
  readonly types: readonly number[];
}

export interface Run {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
}

const nothing: Run = { ids: [], typeIds: [] };

/** No special tokens. */
export const bare: Arrangement = { size: 0, runs: [nothing, nothing, nothing], types: [0, 1] };

/** Learns the template by asking: post-processors come in many kinds, and each says it best by doing it. */
export async function readTemplate(native: Native): Promise<Template> {
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
