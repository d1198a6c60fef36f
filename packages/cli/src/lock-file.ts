import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { KernelError } from "@kindred/core";
import { lockText, parseLock } from "@kindred/core/hub";
import type { LockedModel, ModelsLock } from "@kindred/core/hub";

/** The lock file of the current folder. */
export const lockFile = "models.lock.json";

/** The option of commands that hold models to the lock file. */
export const lockedFlag: {
  readonly locked: { readonly type: "boolean"; readonly default: false };
} = { locked: { type: "boolean", default: false } };

/** The lock file of the current folder. LOAD_FAILED when there is none, or it is not sound. */
export async function readLock(): Promise<ModelsLock> {
  const lock = await lockHere();
  if (lock) return lock;
  const message = `There is no ${resolve(lockFile)}. Make one by: kindred pull --lock NAME`;
  throw new KernelError("LOAD_FAILED", message);
}

/** The lock that `--locked` asks for, as an option of `openKernel`. */
export async function lockOption(locked: boolean): Promise<{ readonly lock?: ModelsLock }> {
  return locked ? { lock: await readLock() } : {};
}

/** The lock file of the current folder; one without models where there is none yet. */
export async function lockToChange(): Promise<ModelsLock> {
  return (await lockHere()) ?? { file: lockFile, models: new Map() };
}

/** Puts models into a lock in place of those of the same names, and writes it. */
export async function writeLock(
  { models }: ModelsLock,
  changed: ReadonlyMap<string, LockedModel>,
): Promise<void> {
  const aside = `${lockFile}.${process.pid}.aside`;
  try {
    await writeFile(aside, lockText({ models: new Map([...models, ...changed]) }));
    await rename(aside, lockFile);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

async function lockHere(): Promise<ModelsLock | undefined> {
  const text = await readFile(lockFile, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseLock(text, lockFile);
}
