import { join } from "node:path";
import { dataFolder } from "@kindred/core";
import { checkWritable, FileStore } from "@kindred/server-koa";
import type { FilesOptions } from "@kindred/server-koa";
import type { Effective } from "./configuration/config.ts";

/** Opens the store of replies' files: `files` in the data folder, which is made once there is a file to keep. */
export async function openFiles(settings: Effective): Promise<FilesOptions> {
  const { data = dataFolder(), publicUrl, files } = settings;
  // The default need not be there for a server that keeps no files.
  if (settings.data !== undefined) await checkWritable(data);
  const store = await FileStore.open(join(data, "files"), files);
  return { store, ...(publicUrl !== undefined && { publicUrl }) };
}
