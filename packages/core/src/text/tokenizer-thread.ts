import { Tinypool } from "tinypool";
import { builtScript } from "../built-script.ts";
import { KernelError, throwIfAborted, unlessAborted } from "../errors.ts";
import type { Rows } from "./thread/encoder.ts";
import type { EncodeTask, ThreadData } from "./thread/script.ts";
import type { EncodeOptions, Tokenizer, TokenizerFacts, Tokens } from "./tokenizer.ts";

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
  // Told of a thread only that died while nobody had asked it; it is replaced.
  thread.on("error", () => {});
  const facts = await thread.run(undefined, { name: "facts" }).catch(async (cause: Error) => {
    await thread.destroy();
    throw unopened(data.folder, cause);
  });
  let ended = false;

  async function encode(
    rows: Rows,
    { maximum = Infinity, specialTokens = true, signal }: EncodeOptions = {},
  ): Promise<readonly Tokens[]> {
    const tokens: Tokens[] = [];
    for (let i = 0; i < rows.length; i += rowsAMessage) {
      if (signal) throwIfAborted(signal);
      if (ended) throw closed();
      const some = rows.slice(i, i + rowsAMessage);
      const task: EncodeTask = { rows: some, maximum, specialTokens };
      const found: Promise<readonly Tokens[]> = thread
        .run(task, { name: "encode" })
        .catch((cause: Error) => {
          throw ended ? closed() : failed(cause);
        });
      tokens.push(...(await (signal ? unlessAborted(found, signal) : found)));
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
    async [Symbol.asyncDispose]() {
      ended = true;
      await thread.destroy();
    },
  };
}

function unopened(folder: string, cause: Error): KernelError {
  const reason = cause.message.replace(/[.\s]+$/, "");
  return new KernelError(
    "LOAD_FAILED",
    `The tokenizer in ${folder} cannot be opened: ${reason}. Fetch its files again.`,
    { cause },
  );
}

function failed(cause: Error): KernelError {
  const reason = cause.message.replace(/[.\s]+$/, "");
  return new KernelError(
    "GRAPH_FAILED",
    `The texts could not be tokenised: ${reason}. Send fewer or shorter ones.`,
    { cause },
  );
}

function closed(): KernelError {
  return new KernelError("CLOSED", "The tokenizer is closed, as its model was unloaded.");
}
