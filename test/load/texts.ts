/** Words that are one token each in the fixtures' vocabulary. */
const words = "the of and to a in is that it was for on are with as they".split(" ");

/** A text of `tokens` tokens, including the two special ones. Each `number` gives another text. */
export function text(tokens: number, number = 0): string {
  const word = (_: unknown, i: number) => words[(number * (i + 1) + i * 7) % words.length];
  return Array.from({ length: tokens - 2 }, word).join(" ");
}

export function texts(count: number, tokens: number): string[] {
  return Array.from({ length: count }, (_, i) => text(tokens, i));
}
