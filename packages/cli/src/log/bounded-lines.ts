import type { Writable } from "node:stream";

/** How records of pino are shown. */
export interface Lines {
  /** A record with its line feed, as text for people or machines. */
  show(record: string): string;
  /** Says that so many records are lost before this place. */
  lost(count: number): string;
}

/** Characters that may wait for a slow reader of a pipe, which Node would collect without bound. */
const maxWaiting = 1 << 20;

/** Writes records to a stream, unless its reader lags behind: those are lost, and their number is told. */
export class BoundedLines {
  readonly #stream: Pick<Writable, "write" | "writableLength">;
  readonly #lines: Lines;
  #lost = 0;

  constructor(stream: Pick<Writable, "write" | "writableLength">, lines: Lines) {
    this.#stream = stream;
    this.#lines = lines;
  }

  write(record: string): void {
    if (this.#stream.writableLength > maxWaiting) {
      this.#lost += 1;
      return;
    }
    if (this.#lost > 0) this.#stream.write(this.#lines.lost(this.#lost));
    this.#lost = 0;
    this.#stream.write(this.#lines.show(record));
  }
}
