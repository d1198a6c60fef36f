/** The first id that the vocabulary does not have. A plain loop, since a request may have a million ids. */
export function unknownId(ids: ArrayLike<number>, vocabularySize: number): number | undefined {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (!Number.isInteger(id) || id < 0 || id >= vocabularySize) return id;
  }
  return undefined;
}
