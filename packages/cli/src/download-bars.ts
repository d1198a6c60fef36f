import { formatBytes } from "@kindred/core";
import type { LoadProgress, Progress } from "@kindred/core";
import type { DownloadAnnouncer } from "./announced-source.ts";
import { fitted, textWidth } from "./text-width.ts";
import { visibleText } from "./visible-text.ts";

/** What is used of a terminal. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Milliseconds between two drawings. */
const between = 100;
/** Milliseconds after which it is drawn anew although nothing came, so that the speed falls. */
const still = 1_000;
/** Milliseconds that the speed is an average over. */
const remembered = 5_000;

const bar = { least: 10, most: 30 };
const numbersWidth = 19;
const speedWidth = 11;

interface Sample {
  readonly at: number;
  /** Bytes since the beginning. */
  readonly came: number;
}

/** Draws a bar for each file under way and one for all of them, in place. At the end one line is left. */
export function downloadBars(terminal: Terminal): DownloadAnnouncer {
  const files = new Map<string, Progress>();
  let all: LoadProgress | undefined;
  let came = 0;
  let samples: readonly Sample[] = [];
  let lines = 0;
  let drawnAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const erase = (): void => {
    if (lines > 0) terminal.write(`\x1b[${lines}A\r\x1b[J`);
    lines = 0;
  };
  const draw = (): void => {
    if (!all) return;
    const { columns = 80, rows = 24 } = terminal;
    drawnAt = performance.now();
    samples = [...samples, { at: drawnAt, came }].filter(({ at }) => drawnAt - at <= remembered);
    const underWay = [...files].filter(([, { done, total }]) => done < total);
    // What has scrolled out of a terminal cannot be drawn again.
    const shown = underWay.slice(0, Math.max(0, rows - 3));
    const drawn = [
      ...shown.map(([name, progress]) => row(`  ${visibleText(name)}`, progress, "", columns)),
      row(visibleText(all.what), all, speedOf(samples), columns),
    ];
    const up = lines > 0 ? `\x1b[${lines}A\r` : "";
    terminal.write(`${up}${drawn.map((line) => `${line}\x1b[K\n`).join("")}\x1b[J`);
    lines = drawn.length;
  };

  return {
    progressed(progress) {
      all = progress;
      const { file } = progress;
      const before = file && files.get(file.name);
      // What an earlier download brought did not come now.
      if (before) came += Math.max(0, file.done - before.done);
      if (file) files.set(file.name, file);
      timer ??= setInterval(draw, still).unref();
      if (performance.now() - drawnAt >= between) draw();
    },
    ended(isWhole) {
      clearInterval(timer);
      erase();
      if (all && isWhole)
        terminal.write(`downloaded ${visibleText(all.what)}: ${formatBytes(all.total)}\n`);
    },
  };
}

function speedOf(samples: readonly Sample[]): string {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  if (last.at === first.at) return "";
  return `${formatBytes(Math.round((1000 * (last.came - first.came)) / (last.at - first.at)))}/s`;
}

/** One line of fewer columns than the terminal has, so that it never wraps. */
function row(name: string, { done, total }: Progress, speed: string, columns: number): string {
  const numbers = `${formatBytes(done)} of ${formatBytes(total)}`.padStart(numbersWidth);
  const rest = columns - 1 - numbersWidth - speedWidth - 4;
  const barWidth = Math.min(bar.most, Math.floor(rest / 3));
  if (barWidth < bar.least) {
    const nameWidth = Math.max(0, columns - 2 - textWidth(numbers));
    return `${fitted(name, nameWidth)} ${numbers}`.slice(0, Math.max(0, columns - 1));
  }
  const full = total === 0 ? barWidth : Math.floor((barWidth * done) / total);
  const drawn = `${"█".repeat(full)}${"░".repeat(barWidth - full)}`;
  return `${fitted(name, rest - barWidth)} ${drawn} ${numbers} ${speed.padStart(speedWidth)}`.trimEnd();
}
