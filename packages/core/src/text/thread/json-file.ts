import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inFile } from "./file-fault.ts";

/** A JSON file of a folder, parsed. undefined when there is none. A FileFault when it is not JSON. */
export async function readJson(folder: string, name: string): Promise<any> {
  const text = await readText(folder, name);
  return text === undefined ? undefined : inFile(name, () => JSON.parse(text));
}

/** A text file of a folder. undefined when there is none. */
export async function readText(folder: string, name: string): Promise<string | undefined> {
  return readFile(join(folder, name), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/** Whether a value of a JSON file is an object: no list, not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
