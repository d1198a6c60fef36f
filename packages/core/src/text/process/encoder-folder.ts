import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readRegularFile } from "../../shared/regular-file.ts";
import { inFile } from "./file-fault.ts";

/** Bytes of one file. The largest published `tokenizer.json` have 35 MB. */
const maxFileBytes = 100_000_000;

/** Files by name, and what tells that they are still the same: device, inode, bytes and the time of the last change; "" for one that is not there. */
export type FileIdentities = Readonly<Record<string, string>>;

/** The folder of a tokenizer's files, in the process that opens it. What is read is a regular file of at most 100 MB, else a FileFault. */
export interface EncoderFolder {
  /** Absolute. */
  readonly path: string;
  /** A file. undefined when there is none. */
  bytes(name: string): Promise<Buffer | undefined>;
  /** A UTF-8 file. undefined when there is none. */
  text(name: string): Promise<string | undefined>;
  /** A JSON file, parsed. undefined when there is none. A FileFault when it is not JSON. */
  json(name: string): Promise<any>;
}

/** An `EncoderFolder` that knows what was read of it. */
export interface ReadFolder extends EncoderFolder {
  readonly identities: FileIdentities;
}

/** Opens a folder. `willRead` is told the bytes of each file before they are read. */
export function encoderFolder(path: string, willRead: (bytes: number) => void): ReadFolder {
  const identities: Record<string, string> = Object.create(null);

  async function bytes(name: string): Promise<Buffer | undefined> {
    const file = join(path, name);
    const { identity, size } = await identify(file);
    identities[name] = identity;
    if (identity === "") return undefined;
    willRead(Math.min(size, maxFileBytes));
    const content = await readRegularFile(file, maxFileBytes);
    if ((await identify(file)).identity === identity) return content;
    throw new Error("it changed while it was read");
  }

  const folder: EncoderFolder = {
    path,
    bytes: (name) =>
      inFile(name, () =>
        bytes(name).catch((cause: Error) => {
          // The system's errors have the whole path.
          throw new Error(cause.message.replace(join(path, name), name), { cause });
        }),
      ),
    text: async (name) => (await folder.bytes(name))?.toString("utf8"),
    async json(name) {
      const text = await folder.text(name);
      return text === undefined ? undefined : inFile(name, () => JSON.parse(text));
    },
  };
  return { ...folder, identities };
}

async function identify(
  path: string,
): Promise<{ readonly identity: string; readonly size: number }> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return { identity: [dev, ino, size, mtimeNs].join(), size: Number(size) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { identity: "", size: 0 };
    throw error;
  }
}
