import { readRegularFile } from "../shared/regular-file.ts";

/** The name of a file that an entry of a store's index holds; "" where it is no file of one. */
export async function entryOf(index: string): Promise<string> {
  return (await readRegularFile(index, 100).catch(() => "")).toString();
}
