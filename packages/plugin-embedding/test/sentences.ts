import { readFileSync } from "node:fs";

const words: readonly string[] = JSON.parse(
  readFileSync(new URL("fixtures/words.json", import.meta.url), "utf8"),
);

/** Sentences of 1 to 120 words each, the same as tools/reference/embedding_minilm.py makes. */
export function sentences(count: number): readonly string[] {
  let state = 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % limit;
  };
  const sentence = (): string =>
    Array.from({ length: 1 + below(120) }, () => words[below(words.length)]).join(" ");
  return Array.from({ length: count }, sentence);
}
