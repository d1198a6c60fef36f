import { abortError, throwIfAborted } from "../errors.ts";
import type { EncoderData } from "./process/protocol.ts";
import type { Rows } from "./process/rows.ts";
import type { OpenTokenizerOptions } from "./tokenizer-folder.ts";
import { TokenizerQueue } from "./tokenizer-queue.ts";
import type { EncodeOptions, Tokenizer, TokenizerFacts, Tokens } from "./tokenizer.ts";

/** A message to the process is full once it has so many rows or characters. That is enough work for all cores. */
const maxRows = 64;
const maxCharacters = 65_536;

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

  async function encode(
    rows: Rows,
    { maxTokens = Infinity, specialTokens = true, signal }: EncodeOptions = {},
  ): Promise<readonly Tokens[]> {
    const tokens: Tokens[] = [];
    for (const message of messages(rows)) {
      if (signal) throwIfAborted(signal);
      tokens.push(...(await queue.encode(message, { maxTokens, specialTokens }, signal)));
    }
    return tokens;
  }

  return {
    ...facts,
    encode: (inputs, options) =>
      encode(
        inputs.map((input) => [input]),
        options,
      ),
    encodePairs: encode,
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

/** Rows in messages that are short enough for other requests to have their turn in between. */
function* messages(rows: Rows): Generator<Rows> {
  let message: Rows[number][] = [];
  let characters = 0;
  for (const row of rows) {
    message.push(row);
    characters += row.reduce((sum, { length }) => sum + length, 0);
    if (message.length < maxRows && characters < maxCharacters) continue;
    yield message;
    message = [];
    characters = 0;
  }
  if (message.length > 0) yield message;
}
