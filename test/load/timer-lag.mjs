import { readFileSync } from "node:fs";

const period = 10;

/**
 * Measures how late a timer of this process fires, in milliseconds: in all, and because of the process itself. The latter is the
 * time that its main thread worked meanwhile; for the rest it waited for a core. Reads Linux's /proc.
 */
export class TimerLag {
  #lags = [];
  #own = [];

  constructor() {
    this.#next();
  }

  get figures() {
    return { all: spread(this.#lags), own: spread(this.#own) };
  }

  reset() {
    this.#lags = [];
    this.#own = [];
  }

  #next() {
    const due = performance.now() + period;
    const worked = millisecondsWorked();
    const late = () => {
      const lag = performance.now() - due;
      this.#lags.push(lag);
      this.#own.push(Math.min(lag, millisecondsWorked() - worked));
      this.#next();
    };
    setTimeout(late, period).unref();
  }
}

function millisecondsWorked() {
  return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[0]) / 1e6;
}

function spread(lags) {
  const sorted = Float64Array.from(lags).sort();
  const at = (share) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { samples: sorted.length, median: at(0.5), p99: at(0.99), max: at(1) };
}
