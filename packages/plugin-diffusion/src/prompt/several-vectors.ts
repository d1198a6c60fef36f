/**
 * Tokens of textual inversions that have several vectors, by id. A token "<cat>" stands for "<cat> <cat>_1 <cat>_2" where the
 * tokenizer has these, too.
 */
export type SeveralVectors = ReadonlyMap<number, SeveralVectorToken>;

export interface SeveralVectorToken {
  readonly token: string;
  /** The tokens of all vectors, with spaces between them. */
  readonly all: string;
}

/**
 * A prompt with all vectors' tokens in place of each token of several. `ids` are the prompt's. This is what
 * TextualInversionLoaderMixin.maybe_convert_prompt of diffusers does: it replaces a token wherever its text is.
 */
export function withAllVectors(
  prompt: string,
  ids: Iterable<number>,
  tokens: SeveralVectors,
): string {
  let written = prompt;
  for (const id of tokens.size > 0 ? new Set(ids) : []) {
    const found = tokens.get(id);
    if (found) written = written.replaceAll(found.token, () => found.all);
  }
  return written;
}
