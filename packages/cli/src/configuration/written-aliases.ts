import { UsageError } from "../usage-error.ts";

/** Aliases by their names, from the texts ALIAS=ID; anything else is left as it is. UsageError for a text that is none, and for one name twice. */
export function writtenAliases(written: unknown, where: string): unknown {
  if (!Array.isArray(written)) return written;
  const aliases = written.map((each) => parseAlias(each, where));
  const twice = aliases.find(([alias], i) => aliases.findIndex((each) => each[0] === alias) < i);
  if (!twice) return Object.fromEntries(aliases);
  throw new UsageError(`${where} ${twice[0]} is given twice. Give one of them another name.`);
}

function parseAlias(text: unknown, where: string): readonly [string, string] {
  const equals = typeof text === "string" ? text.indexOf("=") : 0;
  const [alias, id] = [String(text).slice(0, equals), String(text).slice(equals + 1)];
  if (equals > 0 && id !== "") return [alias, id];
  throw new UsageError(
    `${where} must be ALIAS=ID, as in gpt-image-1=sd-turbo, not ${JSON.stringify(text)}.`,
  );
}
