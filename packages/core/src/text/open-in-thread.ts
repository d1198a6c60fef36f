import { isKernelError, KernelError, throwIfAborted, unlessAborted } from "../errors.ts";
import type { Rows } from "./thread/encoder.ts";
import type { ThreadData } from "./thread/script.ts";
import { TokenizerThread } from "./tokenizer-thread.ts";
import type { EncodeOptions, Tokenizer, TokenizerFacts, Tokens } from "./tokenizer.ts";

/** A message to the thread is full once it has so many rows or characters. That is enough work for all cores. */
const maxRows = 64;
const maxCharacters = 65_536;

/**
 * Opens a tokenizer in a thread of its own, so that its opening, its work and the freeing of its memory never hold the event
 * loop. `data.module` names a module whose `openEncoder` makes the tokenizer there. LOAD_FAILED when it cannot.
 */
export async function openInThread<Facts extends TokenizerFacts>(
  data: ThreadData,
): Promise<Tokenizer & Facts> {
  const thread = new TokenizerThread(data);
  const facts: Facts = await thread.ask({}).catch(async (cause: Error) => {
    await thread[Symbol.asyncDispose]();
    throw unopened(data.folder, cause);
  });

  async function encode(
    rows: Rows,
    { maxTokens = Infinity, specialTokens = true, signal }: EncodeOptions = {},
  ): Promise<readonly Tokens[]> {
    const tokens: Tokens[] = [];
    for (const some of messages(rows)) {
      if (signal) throwIfAborted(signal);
      const asked: Promise<readonly Tokens[]> = thread
        .ask({ rows: some, options: { maxTokens, specialTokens } })
        .catch((cause: Error) => {
          throw isKernelError(cause) ? cause : failed(cause);
        });
      tokens.push(...(await (signal ? unlessAborted(asked, signal) : asked)));
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
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
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

function unopened(folder: string, cause: Error): KernelError {
  return new KernelError(
    "LOAD_FAILED",
    `The tokenizer in ${folder} cannot be opened: ${reason(cause)}. Fetch its files again.`,
    { cause },
  );
}

function failed(cause: Error): KernelError {
  return new KernelError(
    "GRAPH_FAILED",
    `The texts could not be tokenised: ${reason(cause)}. Try again, with fewer or shorter ones.`,
    { cause },
  );
}

function reason({ message }: Error): string {
  return message.replace(/[.\s]+$/, "");
}
