import { formatBytes } from "@kindred/core";
import type { LoadProgress, ModelSource } from "@kindred/core";

/** Milliseconds between two lines of one download. */
const between = 5_000;

/** A source of which `print` hears how far its downloads have come: when one begins, every five seconds, and when it is done. */
export function announcedSource(source: ModelSource, print: (line: string) => void): ModelSource {
  return {
    async find(name, call) {
      const found = await source.find(name, call);
      return {
        ...found,
        fetch(files, fetching) {
          const announce = announcer(print);
          return found.fetch(files, {
            ...fetching,
            onEvent(progress) {
              announce(progress);
              fetching.onEvent(progress);
            },
          });
        },
      };
    },
  };
}

function announcer(print: (line: string) => void): (progress: LoadProgress) => void {
  let last = -Infinity;
  let isOver = false;
  return ({ what, done, total }) => {
    const now = performance.now();
    if (isOver || (done < total && now - last < between)) return;
    last = now;
    isOver = done === total;
    print(`downloading ${what}: ${formatBytes(done)} of ${formatBytes(total)}`);
  };
}
