import { visibleText } from "./visible-text.ts";

/** Prints lines to standard output. A folder or a client may have chosen a part of the text. */
export function print(text: string): void {
  process.stdout.write(`${visibleText(text, "\n")}\n`);
}

/** Prints lines to standard error. */
export function printError(text: string): void {
  process.stderr.write(`${visibleText(text, "\n")}\n`);
}
