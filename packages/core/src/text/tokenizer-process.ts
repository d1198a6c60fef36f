import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import type { Frame } from "../process/frames.ts";
import { startProcess } from "../process/script-process.ts";
import type { Ending, ProcessOptions, ScriptProcess } from "../process/script-process.ts";
import { builtModule } from "../shared/built-module.ts";
import type { RowOptions } from "./process/encoder.ts";
import { decodePlaced } from "./process/placed-rows.ts";
import type { Decoded, Encoded, EncoderData, Failed } from "./process/protocol.ts";
import type { Opened, Reply, Request, Tokenized } from "./process/protocol.ts";
import { decodeTokens, encodeIds, encodeRows } from "./process/rows.ts";
import type { Rows } from "./process/rows.ts";
import { answered, endedBy, tookTooLong } from "./tokenizer-failure.ts";
import type { PlacedTokens, Tokens } from "./tokenizer.ts";

/** How long a tokenizer may take, in seconds. Its process is ended then. */
export interface TokenizerBounds {
  /** To open. Default 60: 250,000 pieces take a second. */
  readonly maxOpenSeconds?: number;
  /**
   * For one message of texts, which has up to 64 rows or 65,536 characters. Default 10: it takes milliseconds, and a text of
   * 250,000 characters takes 0.5 s.
   */
  readonly maxEncodeSeconds?: number;
}

const options: ProcessOptions = {
  kind: "tokenizer",
  // Results hold about 100 bytes a token outside V8's heap, of which V8 does not know. A young generation of three such spaces,
  // in MB, has them collected soon; in the old one they would pile up.
  flags: ["--max-semi-space-size=1"],
  // A backtrace would push the panic's reason out of the last words.
  environment: { RUST_BACKTRACE: "0" },
};

/** One process of a tokenizer. All that it is asked for rejects with a `TokenizerFailure`. */
export class TokenizerProcess {
  readonly #child: ScriptProcess<Request, Reply>;
  readonly #maxOpenSeconds: number;
  readonly #maxEncodeSeconds: number;
  #hasEnded = false;

  constructor({ maxOpenSeconds = 60, maxEncodeSeconds = 10 }: TokenizerBounds) {
    const script = fileURLToPath(builtModule("./process/script.js", import.meta.url));
    this.#child = startProcess(script, options);
    this.#maxOpenSeconds = maxOpenSeconds;
    this.#maxEncodeSeconds = maxEncodeSeconds;
    void this.#child.ended.then(() => (this.#hasEnded = true));
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Opens the tokenizer. Gives its facts and the files that it read. */
  async open(data: EncoderData): Promise<{ readonly facts: unknown } & Pick<Opened, "files">> {
    const request: Frame<Request> = { message: { kind: "open" }, payloads: [serialize(data)] };
    const { message, payloads } = await this.#ask<Opened>(request, this.#maxOpenSeconds);
    return { facts: deserialize(payloads[0]!), files: message.files };
  }

  async encode(rows: Rows, { maxTokens, specialTokens }: RowOptions): Promise<readonly Tokens[]> {
    const { heads, payloads } = encodeRows(rows);
    const limit = Number.isFinite(maxTokens) && { maxTokens };
    const message = { kind: "encode" as const, rows: heads, ...limit, specialTokens };
    const reply = await this.#ask<Encoded>({ message, payloads }, this.#maxEncodeSeconds);
    return decodeTokens(reply.message, reply.payloads);
  }

  async tokenize(
    texts: readonly string[],
    specialTokens: boolean,
  ): Promise<readonly PlacedTokens[]> {
    const message = { kind: "tokenize" as const, texts, specialTokens };
    return decodePlaced(
      await this.#ask<Tokenized>({ message, payloads: [] }, this.#maxEncodeSeconds),
    );
  }

  async decode(
    rows: readonly (readonly number[])[],
    skipSpecialTokens: boolean,
  ): Promise<readonly string[]> {
    const counts = rows.map(({ length }) => length);
    const message = { kind: "decode" as const, counts, skipSpecialTokens };
    const request = { message, payloads: [encodeIds(rows)] };
    return (await this.#ask<Decoded>(request, this.#maxEncodeSeconds)).message.texts;
  }

  /** Ends it at once. Resolves when it is gone. */
  async end(): Promise<void> {
    this.#child.kill();
    await this.#child.ended;
  }

  async #ask<Answer extends Reply>(
    frame: Frame<Request>,
    seconds: number,
  ): Promise<Frame<Exclude<Answer, Failed>>> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#child.kill();
    }, seconds * 1000);
    const reply = await this.#child
      .request(frame)
      .catch((ending: Ending) => {
        this.#hasEnded = true;
        throw isLate ? tookTooLong(seconds) : endedBy(ending);
      })
      .finally(() => clearTimeout(timer));
    if (reply.message.kind === "failed") throw answered(reply.message);
    return reply as Frame<Exclude<Answer, Failed>>;
  }
}
