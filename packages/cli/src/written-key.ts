import { z } from "zod";
import { UsageError } from "./usage-error.ts";

/** A key as somebody wrote it. */
export interface WrittenKey {
  /** Absent: it is called by its place among the others. */
  readonly name?: string | undefined;
  readonly key: string;
}

const words = "a list of keys: KEY, NAME=KEY or { name, key }";

/** A list of keys. */
export const keysSchema: z.ZodType<readonly WrittenKey[]> = z.array(
  z.strictObject({ name: z.string("a text").optional(), key: z.string("a text") }, words),
  words,
);

/** The keys of texts and objects. UsageError for a text with a name alone. */
export function writtenKeys(written: unknown, where: string): unknown {
  if (!Array.isArray(written)) return written;
  return written.map((each) => (typeof each === "string" ? writtenKey(each, where) : each));
}

/** KEY or NAME=KEY. UsageError for a name without a key, as an empty variable of a shell leaves it. `where` says where the text is from. */
export function writtenKey(text: string, where: string): WrittenKey {
  const [, name, key] = /^([\w.-]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || key === undefined) return { key: text };
  if (!/^=*$/.test(key)) return { name, key };
  throw new UsageError(
    `${where} has a name without a key. Give NAME=KEY; a key that ends in "=" needs a name, too.`,
  );
}
