import { UsageError } from "./usage-error.ts";
import { parseValue } from "./value.ts";

/** A request as the command line has it. */
export interface Request {
  readonly text?: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Field names are lower-case, so that "E=mc2" is a text. */
const field = /^([a-z_][a-z0-9_]*)=(.*)$/s;

/** Parses `[TEXT] [FIELD=VALUE]…`. */
export function parseRequest(words: readonly string[]): Request {
  const [first] = words;
  const text = first === undefined || field.test(first) ? undefined : first;
  const fields = new Map<string, unknown>();
  for (const word of text === undefined ? words : words.slice(1)) {
    const [, name, value] = field.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`"${word}" is not FIELD=VALUE. Quote a text that has spaces.`);
    }
    if (fields.has(name)) {
      throw new UsageError(
        `"${name}" is given twice. Give several values as a list: ${name}='["a", "b"]'.`,
      );
    }
    fields.set(name, parseValue(value));
  }
  return { fields: Object.fromEntries(fields), ...(text !== undefined && { text }) };
}
