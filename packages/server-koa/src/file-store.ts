import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KernelError } from "@kindred/core";

export interface FileStoreOptions {
  /** Minutes that a file is kept. Default 60. */
  readonly minutes?: number;
  /** Bytes of all files together; beyond them the oldest goes. Default 1 GiB. */
  readonly limit?: number;
}

export interface StoredFile {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

const extensions: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/webp": "webp",
};
const types = new Map(Object.entries(extensions).map(([type, extension]) => [extension, type]));
const ours = /^[\w-]{32}\.[a-z]+$/;
const unfinished = ".part";
const sweepEvery = 60_000;

/** Files under unguessable names, for a while, in a directory of their own. One server for each directory. */
export class FileStore {
  readonly #directory: string;
  readonly #lifetime: number;
  readonly #limit: number;
  /** Oldest first. */
  readonly #files = new Map<string, StoredFile>();
  #size = 0;
  readonly #sweeping: NodeJS.Timeout;

  private constructor(directory: string, { minutes = 60, limit = 2 ** 30 }: FileStoreOptions) {
    this.#directory = directory;
    this.#lifetime = minutes * 60_000;
    this.#limit = limit;
    this.#sweeping = setInterval(() => void this.sweep(), sweepEvery).unref();
  }

  /** Takes over what an earlier server left, as far as it has not expired. */
  static async open(directory: string, options: FileStoreOptions = {}): Promise<FileStore> {
    await mkdir(directory, { recursive: true });
    const names = await readdir(directory);
    const store = new FileStore(directory, options);
    await store.#adopt(names);
    await store.sweep();
    return store;
  }

  /** Returns its name. DEVICE_EXHAUSTED when it does not fit. */
  async keep(bytes: Uint8Array, type: string): Promise<string> {
    if (bytes.length > this.#limit) throw full(bytes.length, `the limit is ${this.#limit} bytes`);
    const name = `${randomBytes(24).toString("base64url")}.${extensions[type] ?? "bin"}`;
    const path = join(this.#directory, name);
    try {
      await writeFile(path + unfinished, bytes, { flag: "wx" });
      await rename(path + unfinished, path);
    } catch (cause) {
      await rm(path + unfinished, { force: true });
      throw full(bytes.length, (cause as NodeJS.ErrnoException).code ?? "the disk refused", cause);
    }
    this.#add(name, { path, type, size: bytes.length, expires: Date.now() + this.#lifetime });
    await this.sweep();
    return name;
  }

  /** Only a name given out here and not expired is known. */
  get(name: string): StoredFile | undefined {
    const file = this.#files.get(name);
    return file && file.expires > Date.now() ? file : undefined;
  }

  /** Removes what expired, and the oldest beyond the limit. */
  async sweep(): Promise<void> {
    const gone: string[] = [];
    for (const [name, { path, size, expires }] of this.#files) {
      if (expires > Date.now() && this.#size <= this.#limit) break;
      this.#files.delete(name);
      this.#size -= size;
      gone.push(path);
    }
    await Promise.all(gone.map((path) => rm(path, { force: true })));
  }

  /** Stops sweeping; the files stay for the next server. */
  [Symbol.dispose](): void {
    clearInterval(this.#sweeping);
  }

  async #adopt(names: readonly string[]): Promise<void> {
    const found: [string, StoredFile][] = [];
    for (const name of names) {
      const path = join(this.#directory, name);
      if (name.endsWith(unfinished)) await rm(path, { force: true });
      if (!ours.test(name)) continue;
      const stats = await lstat(path);
      if (!stats.isFile()) continue;
      const type = types.get(name.split(".").at(-1)!) ?? "application/octet-stream";
      found.push([name, { path, type, size: stats.size, expires: stats.mtimeMs + this.#lifetime }]);
    }
    for (const [name, file] of found.toSorted(([, a], [, b]) => a.expires - b.expires)) {
      this.#add(name, file);
    }
  }

  #add(name: string, file: StoredFile): void {
    this.#files.set(name, file);
    this.#size += file.size;
  }
}

function full(bytes: number, reason: string, cause?: unknown): KernelError {
  const message = `A file of ${bytes} bytes cannot be kept: ${reason}. Ask for b64_json instead.`;
  return new KernelError("DEVICE_EXHAUSTED", message, { cause });
}
