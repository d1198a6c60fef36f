const escape = "\u001b";
/** A movement of the cursor, or a character. */
const parts = new RegExp(`${escape}\\[\\d*[A-Z]|[^]`, "gu");
const movement = new RegExp(`^${escape}\\[(\\d+)A$`);

/** What a terminal shows of what was written to it: text, ends of lines, and the three movements that bars use. Other ones are an error. */
export class Screen {
  readonly columns: number;
  readonly rows = 24;
  #lines: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  /** Lines down to the last that has text. */
  get lines(): readonly string[] {
    const shown = this.#lines.map((line) => line.trimEnd());
    return shown.slice(0, shown.findLastIndex((line) => line !== "") + 1);
  }

  write(text: string): void {
    for (const [part] of text.matchAll(parts)) this.#obey(part);
  }

  #obey(part: string): void {
    const up = movement.exec(part)?.[1];
    if (up !== undefined) this.#row = Math.max(0, this.#row - Number(up));
    else if (part === "\x1b[K") this.#cut();
    else if (part === "\x1b[J") {
      this.#cut();
      this.#lines.length = this.#row + 1;
    } else if (part === "\r") this.#column = 0;
    else if (part === "\n") {
      this.#row += 1;
      this.#column = 0;
      this.#lines[this.#row] ??= "";
    } else if (part.startsWith("\x1b")) throw new Error(`Unknown movement ${JSON.stringify(part)}`);
    else this.#put(part);
  }

  #cut(): void {
    this.#lines[this.#row] = this.#lines[this.#row]!.slice(0, this.#column);
  }

  #put(character: string): void {
    if (this.#column === this.columns) throw new Error("A line wraps.");
    const line = this.#lines[this.#row]!.padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }
}
