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
  const { KINDRED_API_KEY: user, KINDRED_ADMIN_KEY: admin } = variables;
  const users = [...flags["api-key"], ...(user ? [user] : [])];
  const admins = [...flags["admin-key"], ...(admin ? [admin] : [])];
  return [
    ...users.map((text, i) => keyOf(text, `key-${i + 1}`)),
    ...admins.map((text, i) => ({ ...keyOf(text, `admin-${i + 1}`), isAdmin: true })),
  ];
}

/** Keys of a file, one in a line: KEY or NAME=KEY, an administrator's after the word admin. Empty lines and those that begin with # say nothing. */
function keysIn(text: string): readonly ApiKey[] {
  return text.split("\n").flatMap((line, i): ApiKey[] => {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) return [];
    const admin = /^admin\s+(.*)$/.exec(content)?.[1];
    const key = keyOf(admin ?? content, `line-${i + 1}`);
    return [admin === undefined ? key : { ...key, isAdmin: true }];
  });
}

/** KEY or NAME=KEY. A key may end in "=". */
function keyOf(text: string, name: string): ApiKey {
  const [, own, key] = /^([\w.-]+)=([^=].*)$/.exec(text) ?? [];
  return own !== undefined && key !== undefined ? { name: own, key } : { name, key: text };
}
