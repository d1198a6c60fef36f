import { formatBytes } from "@kindred/core";
import type { DownloadAnnouncer } from "./announced-source.ts";
import { beginning } from "./download-beginning.ts";

/** Milliseconds between two lines of one download. */
const between = 5_000;

/** Tells a download by lines: when it begins, every five seconds, and when it is done. */
export function downloadLines(print: (line: string) => void): DownloadAnnouncer {
  let last = -Infinity;
  let isOver = false;
  return {
    progressed({ what, done, total }) {
      const now = performance.now();
      if (isOver || (done < total && now - last < between)) return;
      last = now;
      isOver = done === total;
      print(`downloading ${what}: ${formatBytes(done)} of ${formatBytes(total)}`);
    },
  };
}

/** The same after a line that says what will come, how much of it, and where it goes. */
export function downloadLinesOfServer(print: (line: string) => void): DownloadAnnouncer {
  return {
    ...downloadLines(print),
    async begins(source, found, files) {
      const line = await beginning(source, found, files);
      if (line !== undefined) print(line);
    },
  };
}
