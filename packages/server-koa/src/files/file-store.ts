import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KernelError, reached } from "@kindred/core";
import { tellsOfFolder } from "./check-writable.ts";
import { foundFiles } from "./found-files.ts";
import { extensionOf } from "./stored-file.ts";
import type { StoredFile } from "./stored-file.ts";

export interface FileStoreOptions {
  /** Minutes that a file is kept. Default 60. */
  readonly minutes?: number;
  /** The most bytes that all files take together. Beyond them the oldest goes. Default 1 GiB. */
  readonly maxBytes?: number;
}

/** Milliseconds between two sweeps. */
const sweepEvery = 60_000;

/** Keeps files for a while, under names that cannot be guessed. Its directory is made for the first of them. */
export class FileStore {
  readonly #directory: string;
  readonly #lifetime: number;
  readonly #maxBytes: number;
  /** Oldest first. */
  readonly #files = new Map<string, StoredFile>();
  #size = 0;
  readonly #sweeping: NodeJS.Timeout;

  private constructor(directory: string, { minutes = 60, maxBytes = 2 ** 30 }: FileStoreOptions) {
    this.#directory = directory;
    this.#lifetime = minutes * 60_000;
    this.#maxBytes = maxBytes;
    this.#sweeping = setInterval(() => void this.sweep(), sweepEvery).unref();
  }

  /** Takes over the files that earlier servers left in the directory and that have not expired. */
  static async open(directory: string, options: FileStoreOptions = {}): Promise<FileStore> {
    const store = new FileStore(directory, options);
    for (const file of await foundFiles(directory, store.#lifetime)) store.#add(file);
    await store.sweep();
    return store;
  }

  /** Returns the file's name. DEVICE_EXHAUSTED when it is larger than the store, or the disk refuses it. */
  async keep(bytes: Uint8Array, type: string): Promise<string> {
    if (bytes.length > this.#maxBytes) {
      reached("files.maxBytes");
      throw full(bytes.length, `the store may have ${this.#maxBytes} bytes (files.maxBytes)`);
    }
    const name = `${randomBytes(24).toString("base64url")}.${extensionOf(type)}`;
    const path = join(this.#directory, name);
    const part = `${path}.part`;
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await writeFile(part, bytes, { flag: "wx", mode: 0o600 });
      await rename(part, path);
    } catch (cause) {
      await remove(part);
      throw refused(bytes.length, cause as NodeJS.ErrnoException);
    }
    this.#add({ name, path, type, size: bytes.length, expires: Date.now() + this.#lifetime });
    await this.sweep();
    return name;
  }

  /** A file that this store kept, or found at its start, and that has not expired. */
  get(name: string): StoredFile | undefined {
    const file = this.#files.get(name);
    return file && file.expires > Date.now() ? file : undefined;
  }

  /** Removes the files that have expired, and the oldest while there are too many bytes. */
  async sweep(): Promise<void> {
    const gone: string[] = [];
    for (const { name, path, size, expires } of this.#files.values()) {
      if (expires > Date.now() && this.#size <= this.#maxBytes) break;
      this.#files.delete(name);
      this.#size -= size;
      gone.push(path);
    }
    await Promise.all(gone.map(remove));
  }

  /** Stops sweeping. The files stay for the next server. */
  [Symbol.dispose](): void {
    clearInterval(this.#sweeping);
  }

  #add(file: StoredFile): void {
    this.#files.set(file.name, file);
    this.#size += file.size;
  }
}

/** Removes a file. One that cannot be removed is found again at the next start. */
async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {});
}

function refused(bytes: number, cause: NodeJS.ErrnoException): KernelError {
  const { code } = cause;
  if (!tellsOfFolder(cause)) return full(bytes, code ?? "the disk refused", cause);
  const message = `This server keeps no files: its data folder cannot be written (${code}). Ask for b64_json instead, or have it started with a --data that it can write.`;
  return new KernelError("DEVICE_EXHAUSTED", message, { cause });
}

function full(bytes: number, reason: string, cause?: unknown): KernelError {
  const message = `A file of ${bytes} bytes cannot be kept: ${reason}. Ask for b64_json instead.`;
  return new KernelError("DEVICE_EXHAUSTED", message, { cause });
}
