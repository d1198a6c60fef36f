import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "../data-folder.ts";
import { KernelError } from "../errors.ts";
import { openRegularFile } from "../shared/regular-file.ts";
import { entryOf } from "./index-entry.ts";
import { layoutOf } from "./layout.ts";
import type { Layout } from "./layout.ts";
import type { Matrix } from "./matrix.ts";
import { quantizeFile } from "./quantize-file.ts";
import type { Quantizing } from "./quantize-file.ts";
import { fileName, removeSurplus } from "./remove-surplus.ts";

export interface QuantizedStoreOptions {
  /** The folder of the files, which is made when there is one to keep. Default: `quantized` in `dataFolder()`. */
  readonly folder?: string;
  /** Bytes of all files beyond which those that were used the longest ago are removed. Default 64 GiB. */
  readonly maxBytes?: number;
}

/** Whoever asks for a file. */
export interface FileUser extends Quantizing {
  /** Keeps what the file's user disposes of in the end: until then, this store does not remove the file. */
  use(resource: Disposable): unknown;
}

/** Part of every key: another way of rounding, or another layout, makes other files. */
const version = 3;

/**
 * Matrices in fewer bits, in `.safetensors` files that all processes of a user share. A file is called after the content of what it was
 * made of, so that copies of a checkpoint share one; an index leads to it from the checkpoint's files as they are on disk, so that a
 * second start reads nothing of them. Every file is written aside, flushed and renamed.
 */
export class QuantizedStore {
  readonly folder: string;
  readonly #maxBytes: number;
  /** How many users each file has. */
  readonly #users = new Map<string, number>();

  constructor(options: QuantizedStoreOptions = {}) {
    const { folder = join(dataFolder(), "quantized"), maxBytes = 64 * 2 ** 30 } = options;
    this.folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** The path of a file with these matrices, which is made when it is not there. LOAD_FAILED, ABORTED. */
  async file(matrices: readonly Matrix[], user: FileUser): Promise<string> {
    const index = join(this.folder, "index", keyOf(matrices));
    const layout = layoutOf(matrices);
    const known = await this.#known(index, layout, user);
    if (known !== undefined) {
      await this.#removeSurplus().catch(() => {});
      return known;
    }
    const aside = join(this.folder, `${randomBytes(8).toString("hex")}.incomplete`);
    try {
      await mkdir(join(this.folder, "index"), { recursive: true });
      const content = await quantizeFile({ matrices, target: aside }, user);
      const shapes = JSON.stringify(matrices.map(factsOf));
      const name = `${sha256(`${version} ${content} ${shapes}`)}.safetensors`;
      this.#use(name, user);
      await this.#place(aside, join(this.folder, name), layout);
      await writeFile(`${aside}.index`, name);
      await rename(`${aside}.index`, index);
      await this.#removeSurplus().catch(() => {});
      return join(this.folder, name);
    } catch (error) {
      const left = [aside, `${aside}.index`];
      await Promise.all(left.map((path) => rm(path, { force: true }).catch(() => {})));
      throw this.#told(error);
    }
  }

  /** The file that an index entry leads to, when it is whole. */
  async #known(index: string, layout: Layout, user: FileUser): Promise<string | undefined> {
    const name = await entryOf(index);
    if (!fileName.test(name)) return undefined;
    // Before it is looked at: no launch beside this one removes it from then on.
    this.#use(name, user);
    const path = join(this.folder, name);
    if (!(await isWhole(path, layout))) return undefined;
    // The file itself stays as it is: models that have declared it would take it for another.
    const now = new Date();
    await utimes(index, now, now).catch(() => {});
    return path;
  }

  /** Keeps a file until its user disposes of it. */
  #use(name: string, { use }: FileUser): void {
    const count = (change: number): void => {
      this.#users.set(name, (this.#users.get(name) ?? 0) + change);
    };
    count(1);
    use({ [Symbol.dispose]: () => count(-1) });
  }

  /** Gives a file its name. One that is there already, of another launch, stays: it has the same bytes, and may be in use. */
  async #place(aside: string, path: string, layout: Layout): Promise<void> {
    if (await isWhole(path, layout)) return rm(aside);
    try {
      await link(aside, path);
      await rm(aside);
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code === "EEXIST";
      if (isThere && (await isWhole(path, layout))) return rm(aside);
      // One that is cut short, or a file system without hard links.
      await rename(aside, path);
    }
  }

  #removeSurplus(): Promise<void> {
    const isUsed = (name: string): boolean => (this.#users.get(name) ?? 0) > 0;
    return removeSurplus(this.folder, { maxBytes: this.#maxBytes, isUsed });
  }

  #told(error: unknown): unknown {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof KernelError) return error;
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    const what = isFull ? `${this.folder} has no room left` : message;
    const advice = isFull
      ? "Make room there, or launch it with precision float32."
      : "Launch it with precision float32, or correct that.";
    const text = `The weights could not be rounded: ${what}. ${advice}`;
    return new KernelError("LOAD_FAILED", text, { cause: error });
  }
}

/** Whether a file has the size and the first bytes of a layout, which say what lies where. */
async function isWhole(path: string, { header, size }: Layout): Promise<boolean> {
  const file = await openRegularFile(path).catch(() => undefined);
  if (!file) return false;
  try {
    if ((await file.stat()).size !== size) return false;
    const { buffer } = await file.read(Buffer.alloc(header.length), 0, header.length, 0);
    return buffer.equals(header);
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

function factsOf({ name, precision, shape, taps, dtype, norm }: Matrix): unknown {
  return [name, precision, shape, taps, dtype, norm?.name];
}

/** What the checkpoint's files are on disk, and which bytes of them are read. */
function keyOf(matrices: readonly Matrix[]): string {
  const parts = matrices.map((matrix) => {
    const { device, inode, size, modified } = matrix.file;
    const identity = [device, inode, size, modified].map(String);
    return [factsOf(matrix), matrix.offset, matrix.norm?.weight.offset, identity];
  });
  return sha256(JSON.stringify([version, parts]));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
