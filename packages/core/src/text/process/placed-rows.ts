import type { Frame } from "../../process/frames.ts";
import type { PlacedTokens } from "../tokenizer.ts";
import type { Tokenized } from "./protocol.ts";
import { encodeIds, taking } from "./rows.ts";

/** Texts' tokens as they cross from a tokenizer's process. Each token crosses once, since a long text has few. */
export function encodePlaced(texts: readonly PlacedTokens[]): Frame<Tokenized> {
  const tokens = new Map<number, string>();
  for (const text of texts) {
    for (const [i, id] of text.ids.entries()) if (!tokens.has(id)) tokens.set(id, text.tokens[i]!);
  }
  return {
    message: {
      kind: "tokenized",
      counts: texts.map(({ ids }) => ids.length),
      tokens: [...tokens.values()],
    },
    payloads: [
      encodeIds(texts.map(({ ids }) => ids)),
      encodeIds(texts.map(({ offsets }) => offsets)),
    ],
  };
}

export function decodePlaced({
  message,
  payloads: [ids, offsets],
}: Frame<Tokenized>): readonly PlacedTokens[] {
  const [takeIds, takeOffsets] = [taking(ids), taking(offsets)];
  const tokens = new Map<number, string>();
  const next = message.tokens.values();
  const tokenOf = (id: number): string => {
    if (!tokens.has(id)) tokens.set(id, next.next().value!);
    return tokens.get(id)!;
  };
  return message.counts.map((count) => {
    const ids = takeIds(count);
    return { ids, tokens: Array.from(ids, tokenOf), offsets: takeOffsets(2 * count) };
  });
}
