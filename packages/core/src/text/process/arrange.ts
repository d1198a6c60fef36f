import type { Arrangement } from "./template.ts";
import type { Tokens } from "../tokenizer.ts";

export type Ids = readonly number[];

export interface ArrangeOptions {
  /** Most ids of the result, special tokens included. */
  readonly maxTokens: number;
  /** The end at which a text is cut. */
  readonly side: "left" | "right";
}

/** The ids of one or two texts with special tokens around them. The texts are cut so that all of it fits. */
export function arrange(
  texts: readonly Ids[],
  { runs, types, size }: Arrangement,
  { maxTokens, side }: ArrangeOptions,
): Tokens {
  const length = texts.reduce((sum, text) => sum + text.length, size);
  const kept = fit(texts, Math.max(0, maxTokens - size), side);
  const ids = new Int32Array(kept.reduce((sum, text) => sum + text.length, size));
  const typeIds = new Int32Array(ids.length);
  let at = 0;
  for (const [i, run] of runs.entries()) {
    const text = kept[i] ?? [];
    ids.set(run.ids, at);
    typeIds.set(run.typeIds, at);
    at += run.ids.length;
    ids.set(text, at);
    typeIds.fill(types[i] ?? 0, at, at + text.length);
    at += text.length;
  }
  return { ids, typeIds, length };
}

/** transformers' strategy "longest_first": the shorter text keeps up to half of the room, the longer one the rest. */
function fit(texts: readonly Ids[], room: number, side: "left" | "right"): readonly Ids[] {
  const [first = [], second = []] = texts;
  if (first.length + second.length <= room) return texts;
  const shorter = Math.min(first.length, second.length, Math.floor(room / 2));
  const longer = room - shorter;
  const keep = first.length > second.length ? [longer, shorter] : [shorter, longer];
  return texts.map((text, i) => cut(text, keep[i] ?? 0, side));
}

function cut(ids: Ids, count: number, side: "left" | "right"): Ids {
  return side === "right" ? ids.slice(0, count) : ids.slice(Math.max(0, ids.length - count));
}
