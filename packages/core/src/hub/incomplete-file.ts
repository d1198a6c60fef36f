import { randomBytes } from "node:crypto";
import type { Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Milliseconds without a sign of life, after which a file of another process is nobody's. */
const abandonedAfter = 6_000;
/** Milliseconds between two signs of life: changes of its time. */
const pulse = 1_500;

/** Another process is filling the blob. */
export interface Elsewhere {
  /** Bytes that the other has so far. */
  readonly elsewhere: number;
}

/**
 * The bytes of a blob so far, in `BLOB.<8 hexadecimal digits>.incomplete` beside it. It has one owner, a download of some process, who
 * renames it to the blob once it is whole. Its modification time is the owner's sign of life, since Node has no locks of
 * files: whoever finds one that is nobody's takes it over by renaming it, and goes on from its end.
 */
export class IncompleteFile {
  readonly #path: string;
  readonly #blob: string;
  readonly #handle: FileHandle;
  readonly #newHash: () => Hash;
  readonly #pulse: NodeJS.Timeout;
  #hash: Hash;
  #length = 0;

  private constructor(path: string, blob: string, handle: FileHandle, newHash: () => Hash) {
    this.#path = path;
    this.#blob = blob;
    this.#handle = handle;
    this.#newHash = newHash;
    this.#hash = newHash();
    this.#pulse = setInterval(() => void this.#live(), pulse).unref();
  }

  /** One to fill: an abandoned one with its bytes, or a new one; or says that another process is filling one. */
  static async take(blob: string, newHash: () => Hash): Promise<IncompleteFile | Elsewhere> {
    await mkdir(dirname(blob), { recursive: true });
    const others = await othersOf(blob);
    const busy = others.find(({ isAlive }) => isAlive);
    if (busy) return { elsewhere: busy.size };
    const path = `${blob}.${randomBytes(4).toString("hex")}.incomplete`;
    const [longest, ...rest] = others.toSorted((a, b) => b.size - a.size);
    await Promise.all(rest.map((each) => rm(each.path, { force: true })));
    const isMine = longest !== undefined && (await takeOver(longest.path, path));
    const handle = await open(path, isMine ? "r+" : "wx+");
    const file = new IncompleteFile(path, blob, handle, newHash);
    if (isMine) await file.#readBack();
    return file;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const rest = bytes.subarray(written);
      written += (await this.#handle.write(rest, 0, rest.length, this.#length + written))
        .bytesWritten;
    }
    this.#hash.update(bytes);
    this.#length += bytes.length;
  }

  /** Throws away what came so far. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = this.#newHash();
    this.#length = 0;
  }

  /** The hexadecimal hash of all bytes. Nothing can be appended afterwards. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  /**
   * Makes it the blob, in one step, once its bytes are on the disk. It does nothing when another process has taken it over, as
   * happens to one that was stopped for long.
   */
  async finish(): Promise<void> {
    clearInterval(this.#pulse);
    try {
      await this.#handle.datasync();
    } finally {
      await this.#handle.close();
    }
    await rename(this.#path, this.#blob).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }

  /** Lets another download go on from here, at once. */
  async leave(): Promise<void> {
    if (this.#length === 0) return this.discard();
    clearInterval(this.#pulse);
    await this.#handle.close();
    await utimes(this.#path, 0, 0).catch(() => {});
  }

  /** Removes it. */
  async discard(): Promise<void> {
    clearInterval(this.#pulse);
    await this.#handle.close();
    await rm(this.#path, { force: true });
  }

  async #live(): Promise<void> {
    const now = new Date();
    await this.#handle.utimes(now, now).catch(() => {});
  }

  async #readBack(): Promise<void> {
    const stream = createReadStream(this.#path, { highWaterMark: 1 << 20 });
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      this.#hash.update(bytes);
      this.#length += bytes.length;
    }
  }
}

/** Bytes of a blob that an incomplete file of any owner has. */
export async function bytesSoFar(blob: string): Promise<number> {
  const others = await othersOf(blob);
  return Math.max(0, ...others.map(({ size }) => size));
}

/** Whether a file called so in a folder of blobs is filled by some download that lives. */
export async function isFilling(path: string): Promise<boolean> {
  if (!path.endsWith(".incomplete")) return false;
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && livesBy(stats.mtimeMs);
}

function livesBy(time: number): boolean {
  return Math.abs(Date.now() - time) < abandonedAfter;
}

interface Other {
  readonly path: string;
  readonly size: number;
  readonly isAlive: boolean;
}

async function othersOf(blob: string): Promise<readonly Other[]> {
  const folder = dirname(blob);
  const prefix = `${basename(blob)}.`;
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => name.startsWith(prefix) && name.endsWith(".incomplete"),
  );
  const found = names.map(async (name): Promise<readonly Other[]> => {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (!stats) return [];
    return [{ path, size: stats.size, isAlive: livesBy(stats.mtimeMs) }];
  });
  return (await Promise.all(found)).flat();
}

/** Whether this process is the one that got it: of several renames of a path one succeeds. */
async function takeOver(from: string, to: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(from, now, now);
    await rename(from, to);
    return true;
  } catch {
    return false;
  }
}
