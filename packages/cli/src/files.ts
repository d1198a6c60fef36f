import { join } from "node:path";
import { dataFolder } from "@kindred/core";
import { checkWritable, FileStore } from "@kindred/server-koa";
import type { FilesOptions } from "@kindred/server-koa";
import { parseSize } from "./size.ts";
import { UsageError } from "./usage.ts";

export interface FileFlags {
  readonly data?: string | undefined;
  readonly "public-url"?: string | undefined;
  readonly "file-minutes"?: string | undefined;
  readonly "file-limit"?: string | undefined;
}

/** Opens the store of replies' files: `files` in the data folder, which is made once there is a file to keep. */
export async function openFiles(flags: FileFlags): Promise<FilesOptions> {
  const { data = dataFolder(), "public-url": url } = flags;
  const { "file-minutes": minutes, "file-limit": maxBytes } = flags;
  const publicUrl = url === undefined ? {} : { publicUrl: parseUrl(url) };
  // The default need not be there for a server that keeps no files.
  if (flags.data !== undefined) await checkWritable(flags.data);
  const store = await FileStore.open(join(data, "files"), {
    ...(minutes !== undefined && { minutes: parseMinutes(minutes) }),
    ...(maxBytes !== undefined && { maxBytes: parseSize("--file-limit", maxBytes) }),
  });
  return { store, ...publicUrl };
}

function parseUrl(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text;
  throw new UsageError(`--public-url must be a URL such as https://example.org/ai, not "${text}".`);
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && Number.isFinite(minutes)) return minutes;
  throw new UsageError(`--file-minutes must be a number above 0, not "${text}".`);
}
