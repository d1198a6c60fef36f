import { Tinypool } from "tinypool";
import { builtScript } from "../built-script.ts";
import { KernelError, throwIfAborted } from "../errors.ts";
import type { Rows, TokenizerFacts } from "./thread/encoder.ts";
import type { EncodeTask, ThreadData } from "./thread/script.ts";
import type { EncodeOptions, Tokenizer, Tokens } from "./tokenizer.ts";

/** Rows that one message has: so many that their texts keep all cores busy, so few that other requests soon have their turn. */
const rowsAMessage = 64;

/**
 * What a text became is freed by the next collection of young objects, or else hundred bytes a token pile up until one of
 * old objects, of which V8 sees no need: it does not know how much memory hangs on them.
 */
const megabytesOfYoungObjects = 4;

const script = builtScript("./thread/script.js", import.meta.url);

/** Opens a tokenizer in a thread of its own: neither opening it, nor its work, nor freeing what that left holds the event loop. LOAD_FAILED when its files are not sound. */
export async function openTokenizerThread<Facts extends TokenizerFacts>(
  data: ThreadData,
): Promise<Tokenizer & Facts> {
  const thread = new Tinypool({
    filename: script,
    workerData: data,
    minThreads: 1,
    maxThreads: 1,
    // A thread that sleeps until the next message would not free anything before it.
    useAtomics: false,
    resourceLimits: { maxYoungGenerationSizeMb: megabytesOfYoungObjects },
  });
  // It is replaced, and the one that had asked it hears of it.
  thread.on("error", () => {});
  const facts = await thread.run(undefined, { name: "facts" }).catch(async (cause: Error) => {
    await thread.destroy();
    throw new KernelError("LOAD_FAILED", cause.message, { cause });
  });

  async function encode(
    rows: Rows,
    { maximum = Infinity, specialTokens = true, signal }: EncodeOptions = {},
  ): Promise<readonly Tokens[]> {
    const tokens: Tokens[] = [];
    for (let i = 0; i < rows.length; i += rowsAMessage) {
      if (signal) throwIfAborted(signal);
      const some = rows.slice(i, i + rowsAMessage);
      const task: EncodeTask = { rows: some, maximum, specialTokens };
      tokens.push(...(await thread.run(task, { name: "encode" })));
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
    [Symbol.asyncDispose]: () => thread.destroy(),
  };
}
