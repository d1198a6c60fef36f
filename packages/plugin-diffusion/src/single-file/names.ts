/** A tensor of a file under another name: all of it, or one of equal parts along its first dim. */
export interface StoredName {
  readonly stored: string;
  readonly part?: { readonly index: number; readonly of: number };
}

/** A row of a table of names: what matches the pattern is replaced. Every row that matches applies, in order. */
export type Row = readonly [RegExp, string | ((match: string, ...groups: string[]) => string)];

/** The names that diffusers gives to the tensors of one component, by their names in a file of the original layout. */
export interface NameTable {
  /** The beginning of its tensors' names. The rows match the rest. */
  readonly prefix: string;
  /** Names, without the prefix, that the component has; others are no part of it. */
  readonly own: RegExp;
  readonly rows: readonly Row[];
}

/** The tensors of a component by diffusers' names. */
export function namesOf(
  stored: Iterable<string>,
  table: NameTable,
): ReadonlyMap<string, StoredName> {
  const { prefix, own, rows } = table;
  const found = new Map<string, StoredName>();
  for (const name of stored) {
    if (!name.startsWith(prefix) || !own.test(name.slice(prefix.length))) continue;
    const renamed = rows.reduce(
      // Both kinds of replacement are the same to `replace`, and not to its overloads.
      (text, [pattern, by]) => text.replace(pattern, by as string),
      name.slice(prefix.length),
    );
    for (const [each, part] of parts(renamed)) found.set(each, { stored: name, ...part });
  }
  return found;
}

/** OpenCLIP keeps the projections of an attention in one matrix, [3 · width, width]: query, key and value. */
function parts(name: string): readonly (readonly [string, Pick<StoredName, "part">])[] {
  const [, attention, kind] = /^(.*)\.in_proj_(weight|bias)$/.exec(name) ?? [];
  if (attention === undefined) return [[name, {}]];
  return ["q", "k", "v"].map((each, index) => [
    `${attention}.${each}_proj.${kind}`,
    { part: { index, of: 3 } },
  ]);
}
