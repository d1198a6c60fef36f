import { readFile } from "node:fs/promises";
import { unwatchFile, watchFile } from "node:fs";
import type { Logger } from "@kindred/core";
import { ApiKeys } from "@kindred/server-koa";
import type { ApiKey } from "@kindred/server-koa";
import type { Effective } from "./configuration/config.ts";
import { UsageError } from "./usage-error.ts";
import { writtenKey } from "./written-key.ts";
import type { WrittenKey } from "./written-key.ts";

/** Milliseconds between two looks at the file. */
const interval = 1_000;

/** The settings that say who may ask. */
export type KeySettings = Pick<Effective, "keys" | "adminKeys" | "keyFile">;

/** The keys of the settings and of their file, which can be exchanged while the server runs. */
export interface OpenedKeys {
  readonly keys: ApiKeys;
  /** Takes the keys of these settings, and of the file as it is now. Rejects with why they cannot be taken; the keys are then as they were. */
  replace(settings: KeySettings): Promise<void>;
  /** Reads the file anew. A file that cannot be read, or is wrong, changes nothing and is logged. */
  readAgain(): Promise<void>;
}

/**
 * The keys of these settings. A file is read again whenever it changes. undefined where there are none. UsageError for what is no
 * key, and for a file that cannot be read.
 */
export async function openKeys(
  settings: KeySettings,
  logger: Logger,
): Promise<OpenedKeys | undefined> {
  let current = settings;
  const found = await allKeys(settings);
  if (found.length === 0) return undefined;
  const keys = opened(found);
  const readAgain = async (): Promise<void> => {
    const settings = current;
    const { keyFile: file } = settings;
    if (file === undefined) return;
    try {
      const all = await allKeys(settings);
      // Others have taken their place meanwhile, and keys that were removed must not come again.
      if (settings !== current) return;
      keys.replace(all);
      logger.info({ file, keys: all.length }, "keys were read again");
    } catch (error) {
      logger.error({ file, reason: (error as Error).message }, "keys stay as they were");
    }
  };
  const onChange = (): void => void readAgain();
  const watch = (): void => {
    if (current.keyFile !== undefined)
      watchFile(current.keyFile, { interval, persistent: false }, onChange);
  };
  watch();
  return {
    keys,
    readAgain,
    async replace(next) {
      const all = await allKeys(next);
      if (all.length === 0)
        throw new UsageError("There is no key any more. Restart to open the server to all.");
      keys.replace(all);
      if (current.keyFile !== undefined) unwatchFile(current.keyFile, onChange);
      current = next;
      watch();
    },
  };
}

function opened(keys: readonly ApiKey[]): ApiKeys {
  try {
    return new ApiKeys(keys);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

async function allKeys(settings: KeySettings): Promise<readonly ApiKey[]> {
  const { keys = [], adminKeys = [], keyFile } = settings;
  return [
    ...keys.map((each, i) => named(each, `key-${i + 1}`)),
    ...adminKeys.map((each, i) => ({ ...named(each, `admin-${i + 1}`), isAdmin: true })),
    ...(keyFile === undefined ? [] : await keysOfFile(keyFile)),
  ];
}

function named({ name, key }: WrittenKey, otherwise: string): ApiKey {
  return { name: name ?? otherwise, key };
}

async function keysOfFile(file: string): Promise<readonly ApiKey[]> {
  try {
    const found = keysIn(await readFile(file, "utf8"));
    if (found.length > 0) return found;
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(`--api-key-file cannot be read: ${message}`, { cause: error });
  }
  throw new UsageError(`--api-key-file cannot be read: ${file} has no key`);
}

/** Keys of a file, one in a line: KEY or NAME=KEY, an administrator's after the word admin. Empty lines and those that begin with # say nothing. */
function keysIn(text: string): readonly ApiKey[] {
  return text.split("\n").flatMap((line, i): ApiKey[] => {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) return [];
    const where = `Line ${i + 1}`;
    if (content === "admin") throw new UsageError(`${where} is the word admin without a key.`);
    const admin = /^admin\s+(.*)$/.exec(content)?.[1];
    const key = named(writtenKey(admin ?? content, where), `line-${i + 1}`);
    return [admin === undefined ? key : { ...key, isAdmin: true }];
  });
}
