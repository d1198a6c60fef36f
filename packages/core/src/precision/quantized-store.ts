import { createHash, randomBytes } from "node:crypto";
import {
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { abortError, KernelError } from "../errors.ts";
import { builtModule } from "../shared/built-module.ts";
import { layoutOf } from "./layout.ts";
import type { Matrix } from "./matrix.ts";
import type { QuantizeNews, QuantizeTask } from "./quantize-thread.ts";

export interface QuantizedStoreOptions {
  /** The folder of the files, which is made when there is one to keep. Default: `quantized` in the data folder of the XDG specification. */
  readonly folder?: string;
  /** Bytes of all files beyond which those that were used the longest ago are removed. Default 64 GiB. */
  readonly maxBytes?: number;
}

/** How far matrices have come. */
export interface Quantizing {
  readonly signal: AbortSignal;
  /** Hears the bytes of the checkpoint that are done. */
  onProgress(done: number): void;
}

/** Part of every key: another way of rounding, or another layout, makes other files. */
const version = 1;

/** Milliseconds without a write after which a file that is being made counts as abandoned. */
const abandoned = 10 * 60_000;

/**
 * Matrices in eight bits, in `.safetensors` files that all processes of a user share. A file is called after the content of what it was
 * made of, so that copies of a checkpoint share one; an index leads to it from the checkpoint's files as they are on disk, so that a
 * second start reads nothing of them. Every file is written aside, flushed and renamed.
 */
export class QuantizedStore {
  readonly folder: string;
  readonly #maxBytes: number;

  constructor({ folder = defaultFolder(), maxBytes = 64 * 2 ** 30 }: QuantizedStoreOptions = {}) {
    this.folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** The path of a file with these matrices, which is made when it is not there. LOAD_FAILED, ABORTED. */
  async file(matrices: readonly Matrix[], quantizing: Quantizing): Promise<string> {
    const index = join(this.folder, "index", keyOf(matrices));
    const known = await this.#known(index, layoutOf(matrices).size);
    if (known !== undefined) return known;
    const aside = join(this.folder, `${randomBytes(8).toString("hex")}.incomplete`);
    try {
      await mkdir(join(this.folder, "index"), { recursive: true });
      const content = await quantize({ matrices, target: aside }, quantizing);
      const shapes = JSON.stringify(matrices.map(factsOf));
      const name = `${sha256(`${version} ${content} ${shapes}`)}.safetensors`;
      await this.#place(aside, join(this.folder, name));
      await writeFile(`${aside}.index`, name);
      await rename(`${aside}.index`, index);
      await this.#removeOldest(name);
      return join(this.folder, name);
    } catch (error) {
      const left = [aside, `${aside}.index`];
      await Promise.all(left.map((path) => rm(path, { force: true }).catch(() => {})));
      throw this.#told(error);
    }
  }

  /** The file that an index entry leads to, when it is whole. */
  async #known(index: string, size: number): Promise<string | undefined> {
    const name = await readFile(index, "utf8").catch(() => "");
    if (!/^[0-9a-f]{64}\.safetensors$/.test(name)) return undefined;
    const path = join(this.folder, name);
    const isWhole = await stat(path).then(
      (stats) => stats.isFile() && stats.size === size,
      () => false,
    );
    if (!isWhole) return undefined;
    // The file itself stays as it is: models that have declared it would take it for another.
    const now = new Date();
    await utimes(index, now, now).catch(() => {});
    return path;
  }

  /** Gives a file its name. One that is there already, of another launch, stays: it has the same bytes, and may be in use. */
  async #place(aside: string, path: string): Promise<void> {
    const size = async (each: string) => (await stat(each).catch(() => undefined))?.size;
    if ((await size(path)) === (await size(aside))) return rm(aside);
    try {
      await link(aside, path);
      await rm(aside);
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code === "EEXIST";
      if (isThere && (await size(path)) === (await size(aside))) return rm(aside);
      // One that is cut short, or a file system without hard links.
      await rename(aside, path);
    }
  }

  async #removeOldest(kept: string): Promise<void> {
    const uses = await this.#uses();
    const names = await readdir(this.folder);
    const files = names.filter((name) => /\.(?:safetensors|incomplete)$/.test(name));
    const found = await Promise.all(
      files.map(async (name) => {
        const stats = await stat(join(this.folder, name)).catch(() => undefined);
        if (!stats) return [];
        return { name, bytes: stats.size, used: Math.max(stats.mtimeMs, uses.get(name) ?? 0) };
      }),
    );
    let bytes = 0;
    for (const each of found.flat().toSorted((a, b) => b.used - a.used)) {
      const isMade = each.name.endsWith(".incomplete");
      const isOld = Date.now() - each.used > abandoned;
      bytes += each.bytes;
      const isSurplus = isMade ? isOld : bytes > this.#maxBytes && each.name !== kept;
      if (isSurplus) await rm(join(this.folder, each.name), { force: true });
    }
  }

  /** When each file was last launched from, in ms since 1970: the times of the index's entries. */
  async #uses(): Promise<ReadonlyMap<string, number>> {
    const folder = join(this.folder, "index");
    const uses = new Map<string, number>();
    for (const entry of await readdir(folder)) {
      const path = join(folder, entry);
      const name = await readFile(path, "utf8").catch(() => "");
      const stats = await stat(path).catch(() => undefined);
      uses.set(name, Math.max(uses.get(name) ?? 0, stats?.mtimeMs ?? 0));
    }
    return uses;
  }

  #told(error: unknown): unknown {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof KernelError) return error;
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    const what = isFull ? `${this.folder} has no room left` : message;
    const advice = isFull
      ? "Make room there, or launch it with precision float32."
      : "Launch it with precision float32, or correct that.";
    const text = `The weights could not be held in eight bits: ${what}. ${advice}`;
    return new KernelError("LOAD_FAILED", text, { cause: error });
  }
}

/** Resolves to the SHA-256 of what was read. */
function quantize(task: QuantizeTask, { signal, onProgress }: Quantizing): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = new URL(builtModule("./quantize-thread.js", import.meta.url));
    const thread = new Worker(script, { workerData: task });
    const end = (): void => {
      signal.removeEventListener("abort", abort);
      void thread.terminate();
    };
    const abort = (): void => {
      end();
      reject(abortError(signal));
    };
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) return abort();
    thread.on("message", (news: QuantizeNews) => {
      if ("done" in news) return onProgress(news.done);
      end();
      if ("sha256" in news) return resolve(news.sha256);
      return reject(Object.assign(new Error(news.error), { code: news.code }));
    });
    thread.on("error", (error) => (end(), reject(error)));
    thread.on("exit", (code) => {
      end();
      reject(new Error(`the thread that rounds them ended with ${code}`));
    });
  });
}

function factsOf({ name, shape, dtype, norm }: Matrix): unknown {
  return [name, shape, dtype, norm?.name];
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

function defaultFolder(): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  const data = XDG_DATA_HOME || LOCALAPPDATA || join(homedir(), ".local/share");
  return join(data, "kindred", "quantized");
}
