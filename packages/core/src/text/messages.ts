/** A message to a tokenizer's process is full once it has so many rows or characters. That is enough work for all cores. */
const maxRows = 64;
const maxCharacters = 65_536;

/** Rows in messages that are short enough for other requests to have their turn in between. A row's length is in characters or ids. */
export function* messages<Row>(
  rows: readonly Row[],
  lengthOf: (row: Row) => number,
): Generator<readonly Row[]> {
  let message: Row[] = [];
  let characters = 0;
  for (const row of rows) {
    message.push(row);
    characters += lengthOf(row);
    if (message.length < maxRows && characters < maxCharacters) continue;
    yield message;
    message = [];
    characters = 0;
  }
  if (message.length > 0) yield message;
}
