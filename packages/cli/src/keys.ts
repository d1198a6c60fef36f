import { readFile } from "node:fs/promises";
import { watchFile } from "node:fs";
import type { Logger } from "@kindred/core";
import { ApiKeys } from "@kindred/server-koa";
import type { ApiKey } from "@kindred/server-koa";
import { UsageError } from "./usage.ts";

/** Options of `kindred serve` that say who may ask. */
export const keyFlags = {
  "api-key": { type: "string", multiple: true, default: [] as string[] },
  "admin-key": { type: "string", multiple: true, default: [] as string[] },
  "api-key-file": { type: "string" },
} as const;

export interface KeyFlags {
  readonly "api-key": readonly string[];
  readonly "admin-key": readonly string[];
  readonly "api-key-file"?: string | undefined;
}

/** The variables that hold a key each, in the place of options, which other users of a machine see. */
export type KeyVariables = Readonly<
  Partial<Record<"KINDRED_API_KEY" | "KINDRED_ADMIN_KEY", string>>
>;

/** Milliseconds between two looks at the file. */
const interval = 1_000;

/**
 * The keys of these flags and variables, and of the file, which is read again whenever it changes: a file that cannot be read then, or is wrong, changes nothing and is
 * logged. undefined where there are none. UsageError for what is no key.
 */
export async function openKeys(
  flags: KeyFlags,
  variables: KeyVariables,
  logger: Logger,
): Promise<ApiKeys | undefined> {
  const { "api-key-file": file } = flags;
  const own = keysOf(flags, variables);
  if (file === undefined) return own.length === 0 ? undefined : opened(own);
  const all = async (): Promise<readonly ApiKey[]> => {
    const found = keysIn(await readFile(file, "utf8"));
    if (found.length === 0) throw new Error(`${file} has no key`);
    return [...own, ...found];
  };
  const keys = opened(
    await all().catch((error: Error) => {
      throw new UsageError(`--api-key-file cannot be read: ${error.message}`, { cause: error });
    }),
  );
  const readAgain = async (): Promise<void> => {
    try {
      const found = await all();
      keys.replace(found);
      logger.info({ file, keys: found.length }, "keys were read again");
    } catch (error) {
      logger.error({ file, reason: (error as Error).message }, "keys stay as they were");
    }
  };
  watchFile(file, { interval, persistent: false }, () => void readAgain());
  return keys;
}

function opened(keys: readonly ApiKey[]): ApiKeys {
  try {
    return new ApiKeys(keys);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function keysOf(flags: KeyFlags, variables: KeyVariables): readonly ApiKey[] {
  const users = [
    ...flags["api-key"].map((text) => ({ text, of: "--api-key" })),
    ...variable(variables, "KINDRED_API_KEY"),
  ];
  const admins = [
    ...flags["admin-key"].map((text) => ({ text, of: "--admin-key" })),
    ...variable(variables, "KINDRED_ADMIN_KEY"),
  ];
  return [
    ...users.map(({ text, of }, i) => keyOf(text, `key-${i + 1}`, of)),
    ...admins.map(({ text, of }, i) => ({ ...keyOf(text, `admin-${i + 1}`, of), isAdmin: true })),
  ];
}

/** One that is set and empty would leave a server open that is meant to be closed. */
function variable(variables: KeyVariables, name: keyof KeyVariables) {
  const text = variables[name];
  if (text === "") throw new UsageError(`${name} is empty. Give it a key, or unset it.`);
  return text === undefined ? [] : [{ text, of: name }];
}

/** Keys of a file, one in a line: KEY or NAME=KEY, an administrator's after the word admin. Empty lines and those that begin with # say nothing. */
function keysIn(text: string): readonly ApiKey[] {
  return text.split("\n").flatMap((line, i): ApiKey[] => {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) return [];
    const of = `Line ${i + 1}`;
    if (content === "admin") throw new UsageError(`${of} is the word admin without a key.`);
    const admin = /^admin\s+(.*)$/.exec(content)?.[1];
    const key = keyOf(admin ?? content, `line-${i + 1}`, of);
    return [admin === undefined ? key : { ...key, isAdmin: true }];
  });
}

/** KEY or NAME=KEY. UsageError for a name without a key, as an empty variable of a shell leaves it. `of` says where the text is from. */
function keyOf(text: string, name: string, of: string): ApiKey {
  const [, own, key] = /^([\w.-]+)=(.*)$/.exec(text) ?? [];
  if (own === undefined || key === undefined) return { name, key: text };
  if (!/^=*$/.test(key)) return { name: own, key };
  throw new UsageError(
    `${of} has a name without a key. Give NAME=KEY; a key that ends in "=" needs a name, too.`,
  );
}
