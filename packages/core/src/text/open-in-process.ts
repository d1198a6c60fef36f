import { abortError, throwIfAborted } from "../errors.ts";
import type { EncoderData } from "./process/protocol.ts";
import { messages } from "./messages.ts";
import type { Rows } from "./process/rows.ts";
import type { OpenTokenizerOptions } from "./tokenizer-folder.ts";
import type { TokenizerProcess } from "./tokenizer-process.ts";
import { TokenizerQueue } from "./tokenizer-queue.ts";
import type { EncodeOptions, Tokenizer, TokenizerFacts, Tokens } from "./tokenizer.ts";

/**
 * Opens a tokenizer in a process of its own, so that neither its opening nor its work holds the event loop, and no panic, endless
 * search or memory that it takes ends more than itself. `data.module` names a module whose `openEncoder` makes the tokenizer
 * there. Rejects as the signal says once it aborts, and no process is left. LOAD_FAILED when it cannot, in the time of `bounds` and in 1 GB of memory beside 16 bytes for each byte of its files.
 */
export async function openInProcess<Facts extends TokenizerFacts>(
  data: EncoderData,
  { bounds = {}, signal }: Pick<OpenTokenizerOptions, "bounds" | "signal"> = {},
): Promise<Tokenizer & Facts> {
  if (signal) throwIfAborted(signal);
  const queue = new TokenizerQueue(data, bounds);
  const facts = (await unlessGivenUp(queue, signal)) as Facts;

  /** Asks for the answers of rows. Each message is short enough for other requests to have their turn before the next. */
  async function ask<Row, Answer>(
    all: Iterable<readonly Row[]>,
    send: (process: TokenizerProcess, rows: readonly Row[]) => Promise<readonly Answer[]>,
    asked: AbortSignal | undefined,
  ): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const rows of all) {
      if (asked) throwIfAborted(asked);
      answers.push(...(await queue.ask((process) => send(process, rows), asked)));
    }
    return answers;
  }

  const encodePairs = (
    rows: Rows,
    { maxTokens = Infinity, specialTokens = true, signal: asked }: EncodeOptions = {},
  ): Promise<readonly Tokens[]> =>
    ask(
      messages(rows, (row) => row.reduce((sum, { length }) => sum + length, 0)),
      (process, some) => process.encode(some, { maxTokens, specialTokens }),
      asked,
    );

  return {
    ...facts,
    encode: (inputs, options) =>
      encodePairs(
        inputs.map((input) => [input]),
        options,
      ),
    encodePairs,
    tokenize: (texts, { specialTokens = true, signal: asked } = {}) =>
      ask(
        messages(texts, ({ length }) => length),
        (process, some) => process.tokenize(some, specialTokens),
        asked,
      ),
    decode: (rows, { skipSpecialTokens = true, signal: asked } = {}) =>
      ask(
        messages(rows, ({ length }) => length),
        (process, some) => process.decode(some, skipSpecialTokens),
        asked,
      ),
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}

/** Opens it, unless the signal aborts first: then its process is ended, and the rejection has the signal's reason. */
async function unlessGivenUp(
  queue: TokenizerQueue,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const end = (): void => void queue[Symbol.asyncDispose]();
  signal?.addEventListener("abort", end, { once: true });
  try {
    return await queue.open();
  } catch (error) {
    throw signal?.aborted ? abortError(signal) : error;
  } finally {
    signal?.removeEventListener("abort", end);
  }
}
