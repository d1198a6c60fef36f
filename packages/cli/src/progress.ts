import type { WriteStream } from "node:tty";

const width = 30;

export interface ProgressBar {
  /** Draws an event that has `done` and `total`; others are of no interest here. */
  draw(event: unknown): void;
  clear(): void;
}

/** A bar on a terminal; nothing where the stream is none. */
export function progressBar(stream: WriteStream): ProgressBar {
  if (!stream.isTTY) return { draw() {}, clear() {} };
  return {
    draw(event) {
      if (!isProgress(event)) return;
      const full = Math.round((width * event.done) / event.total);
      stream.write(`\r${"█".repeat(full)}${"░".repeat(width - full)} ${event.done}/${event.total}`);
    },
    clear() {
      stream.write("\r\x1b[K");
    },
  };
}

function isProgress(event: unknown): event is { readonly done: number; readonly total: number } {
  if (typeof event !== "object" || event === null) return false;
  return "done" in event && "total" in event && Number(event.done) <= Number(event.total);
}
