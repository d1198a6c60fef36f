import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KernelError } from "@kindred/core";
import { foundFiles } from "./found-files.ts";
import { extensionOf } from "./stored-file.ts";
import type { StoredFile } from "./stored-file.ts";

export interface FileStoreOptions {
  /** Minutes that a file is kept. Default 60. */
  readonly minutes?: number;
  /** Bytes of all files together; beyond them the oldest goes. Default 1 GiB. */
  readonly limit?: number;
}

const sweepEvery = 60_000;

/** Files under unguessable names, for a while, in a directory of their own, which is made for the first of them. */
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

  /** Takes over what earlier servers left in the directory, as far as it has not expired. */
  static async open(directory: string, options: FileStoreOptions = {}): Promise<FileStore> {
    const store = new FileStore(directory, options);
    for (const file of await foundFiles(directory, store.#lifetime)) store.#add(file);
    await store.sweep();
    return store;
  }

  /** Returns its name. DEVICE_EXHAUSTED when it does not fit. */
  async keep(bytes: Uint8Array, type: string): Promise<string> {
    if (bytes.length > this.#limit) throw full(bytes.length, `the limit is ${this.#limit} bytes`);
    const name = `${randomBytes(24).toString("base64url")}.${extensionOf(type)}`;
    const path = join(this.#directory, name);
    const part = `${path}.part`;
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await writeFile(part, bytes, { flag: "wx", mode: 0o600 });
      await rename(part, path);
    } catch (cause) {
      await remove(part);
      throw full(bytes.length, (cause as NodeJS.ErrnoException).code ?? "the disk refused", cause);
    }
    this.#add({ name, path, type, size: bytes.length, expires: Date.now() + this.#lifetime });
    await this.sweep();
    return name;
  }

  /** Only a name given out here, or found at the start, and not expired is known. */
  get(name: string): StoredFile | undefined {
    const file = this.#files.get(name);
    return file && file.expires > Date.now() ? file : undefined;
  }

  /** Removes what expired, and the oldest beyond the limit. */
  async sweep(): Promise<void> {
    const gone: string[] = [];
    for (const { name, path, size, expires } of this.#files.values()) {
      if (expires > Date.now() && this.#size <= this.#limit) break;
      this.#files.delete(name);
      this.#size -= size;
      gone.push(path);
    }
    await Promise.all(gone.map(remove));
  }

  /** Stops sweeping; the files stay for the next server. */
  [Symbol.dispose](): void {
    clearInterval(this.#sweeping);
  }

  #add(file: StoredFile): void {
    this.#files.set(file.name, file);
    this.#size += file.size;
  }
}

/** What the disk will not give up is found again at the next start. */
async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {});
}

function full(bytes: number, reason: string, cause?: unknown): KernelError {
  const message = `A file of ${bytes} bytes cannot be kept: ${reason}. Ask for b64_json instead.`;
  return new KernelError("DEVICE_EXHAUSTED", message, { cause });
}
