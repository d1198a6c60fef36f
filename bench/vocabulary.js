/** BERT's special tokens by their ids in the published vocabulary. */
const special = { 0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 103: "[MASK]" };
const size = 30_522;
const alphabet = [..."abcdefghijklmnopqrstuvwxyz.,"];
const syllables = [..."bcdfghjklmnprstvwz"].flatMap((c) => [..."aeiou"].map((v) => c + v));

/** Whole words, the most frequent first: two syllables, then three. */
export const words = [
  ...syllables.flatMap((a) => syllables.map((b) => a + b)),
  ...syllables
    .slice(0, 2)
    .flatMap((a) => syllables.flatMap((b) => syllables.map((c) => a + b + c))),
];

/** Continuations of words. */
export const endings = syllables.flatMap((a) => ["n", "r", "s", "t"].map((end) => a + end));

/** The pieces of a WordPiece vocabulary of BERT's size, in the order of their ids. */
export function pieces() {
  const found = Array.from({ length: 104 }, (_, id) => special[id] ?? `[unused${id}]`);
  found.push(...alphabet, ...alphabet.map((letter) => `##${letter}`));
  found.push(...words, ...endings.map((ending) => `##${ending}`));
  for (let id = found.length; id < size; id++) found.push(`[unused${id}]`);
  return found;
}
