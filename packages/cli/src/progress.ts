import type { WriteStream } from "node:tty";
import { progressOf } from "@kindred/core";

const width = 30;

export interface ProgressBar {
  /** Draws a task's event when it is a `Progress`. */
  draw(event: unknown): void;
  clear(): void;
}

/** A progress bar on a terminal. It does nothing when the stream is not one. */
export function progressBar(stream: WriteStream): ProgressBar {
  if (!stream.isTTY) return { draw() {}, clear() {} };
  return {
    draw(event) {
      const progress = progressOf(event);
      if (!progress) return;
      const { done, total } = progress;
      const full = Math.round((width * done) / total);
      stream.write(`\r${"█".repeat(full)}${"░".repeat(width - full)} ${done}/${total}`);
    },
    clear() {
      stream.write("\r\x1b[K");
    },
  };
}
