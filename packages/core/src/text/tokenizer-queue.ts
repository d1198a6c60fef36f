import { basename } from "node:path";
import { abortError, KernelError, unlessAborted } from "../errors.ts";
import type { FileIdentities } from "./process/encoder-folder.ts";
import type { EncoderData } from "./process/protocol.ts";
import { TokenizerFailure, unopened, untokenised } from "./tokenizer-failure.ts";
import { TokenizerProcess } from "./tokenizer-process.ts";
import type { TokenizerBounds } from "./tokenizer-process.ts";

/** Sends one message to a tokenizer's process and gives its answer. */
type Sending<Answer> = (process: TokenizerProcess) => Promise<Answer>;

interface Message {
  readonly send: Sending<any>;
  readonly signal: AbortSignal | undefined;
  resolve(answer: any): void;
  reject(error: unknown): void;
}

/**
 * The messages to a tokenizer, in their order. Its process has one at a time, so its death fails that one alone: the others go
 * to a new process. While no message waits, it does not keep the server alive.
 */
export class TokenizerQueue implements AsyncDisposable {
  readonly #data: EncoderData;
  readonly #bounds: TokenizerBounds;
  readonly #waiting: Message[] = [];
  #process: TokenizerProcess | undefined;
  #files: FileIdentities | undefined;
  #isWorking = false;
  #isClosed = false;

  constructor(data: EncoderData, bounds: TokenizerBounds) {
    this.#data = data;
    this.#bounds = bounds;
  }

  /**
   * Opens the tokenizer in a new process, and gives its facts. LOAD_FAILED when it cannot be opened, or when its files are not
   * those that it was opened with before. No process is left then.
   */
  async open(): Promise<unknown> {
    const starting = new TokenizerProcess(this.#bounds);
    this.#process = starting;
    try {
      const { facts, files } = await starting.open(this.#data);
      this.#files ??= files;
      checkFiles(files, this.#files, this.#data.folder);
      return facts;
    } catch (error) {
      await starting.end();
      throw error instanceof TokenizerFailure ? unopened(this.#data.folder, error) : error;
    }
  }

  /**
   * Sends a message in its turn. UNSUPPORTED when it ends or holds the process, GRAPH_FAILED when it fails otherwise,
   * LOAD_FAILED as `open`, ABORTED at once, CLOSED once disposed.
   */
  ask<Answer>(send: Sending<Answer>, signal?: AbortSignal): Promise<Answer> {
    if (this.#isClosed) return Promise.reject(closed());
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ send, signal, resolve, reject });
    });
    void this.#work();
    return signal ? unlessAborted(answer, signal) : answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#process?.end();
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      try {
        if (this.#isClosed) throw closed();
        if (this.#process!.hasEnded) await this.open();
        this.#waiting.shift();
        await this.#answer(next);
      } catch (error) {
        // Without a process, nobody has an answer.
        for (const { reject } of this.#waiting.splice(0)) reject(this.#isClosed ? closed() : error);
      }
    }
    this.#isWorking = false;
  }

  async #answer({ send, signal, resolve, reject }: Message): Promise<void> {
    if (signal?.aborted) return reject(abortError(signal));
    try {
      resolve(await send(this.#process!));
    } catch (error) {
      if (this.#isClosed) return reject(closed());
      reject(error instanceof TokenizerFailure ? untokenised(error) : error);
    }
  }
}

/** LOAD_FAILED when a file is another than the one before. */
function checkFiles(files: FileIdentities, before: FileIdentities, folder: string): void {
  const names = Object.keys({ ...before, ...files });
  const changed = names.find((name) => files[name] !== before[name]);
  if (changed === undefined) return;
  throw new KernelError(
    "LOAD_FAILED",
    `${changed} of the tokenizer in ${basename(folder)} has changed on disk since it was opened. Launch the model again.`,
  );
}

function closed(): KernelError {
  return new KernelError("CLOSED", "The tokenizer is closed: its model was unloaded.");
}
