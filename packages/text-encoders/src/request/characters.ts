import { KernelError, reached } from "@kindred/core";

/** Characters of one text. A tokenizer takes about 400 bytes at once for a token, and a character may be one. */
export const maxCharacters = 250_000;

/** Refuses a text of more than `maxCharacters`. */
export function tooManyCharacters(index: number, length: number): KernelError {
  reached("input.characters");
  return new KernelError(
    "INVALID_INPUT",
    `input[${index}] has ${length} characters; ${maxCharacters} are read at most. Send it in parts.`,
    { param: "input" },
  );
}
