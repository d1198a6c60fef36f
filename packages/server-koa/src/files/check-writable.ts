import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { KernelError } from "@kindred/core";

/** Makes nothing. DEVICE_EXHAUSTED when files cannot be written in a directory, or it is not there and cannot be made. */
export async function checkWritable(directory: string): Promise<void> {
  const cause = await obstacle(resolve(directory));
  if (cause === undefined) return;
  throw new KernelError(
    "DEVICE_EXHAUSTED",
    `"${directory}" cannot be written: ${cause.code}. Let this process write there, or name another folder.`,
    { cause },
  );
}

/** Why nothing can be written in a folder, or in the nearest one above it that is there. */
async function obstacle(folder: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) {
      return Object.assign(new Error(`${folder} is a file`), { code: "ENOTDIR" });
    }
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException;
    const above = dirname(folder);
    return error.code === "ENOENT" && above !== folder ? obstacle(above) : error;
  }
}

/** What systems say of a folder that may not be written. */
const unwritable: ReadonlySet<string | undefined> = new Set(["EROFS", "EACCES", "EPERM"]);

/** Whether a file was refused because of its folder, not for its size. */
export function tellsOfFolder({ code }: NodeJS.ErrnoException): boolean {
  return unwritable.has(code);
}
