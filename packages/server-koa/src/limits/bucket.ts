/** Milliseconds. */
const minute = 60_000;
/** Milliseconds that count as no time: timers are no finer. */
const tick = 1;

/**
 * A bucket that holds as much as a minute may take, and fills evenly (the generic cell rate algorithm): whoever was silent for a minute
 * may take all at once. More may be taken than it holds; it owes that then. Times are milliseconds of one clock.
 */
export class Bucket {
  #perMinute: number;
  /** When it will be full again. */
  #fullAt: number;

  constructor(perMinute: number, now: number) {
    this.#perMinute = perMinute;
    this.#fullAt = now;
  }

  get perMinute(): number {
    return this.#perMinute;
  }

  /** Holds what it held, as far as there is room, and fills at another pace. */
  resize(perMinute: number, now: number): void {
    if (perMinute === this.#perMinute) return;
    const left = Math.min(this.left(now), perMinute);
    this.#perMinute = perMinute;
    this.#fullAt = now + this.#time(perMinute - left);
  }

  /** What it holds. Below 0 is what it owes. */
  left(now: number): number {
    return this.#perMinute - (this.untilFull(now) / minute) * this.#perMinute;
  }

  take(amount: number, now: number): void {
    this.#fullAt = now + this.untilFull(now) + this.#time(amount);
  }

  /** Milliseconds until it is full. */
  untilFull(now: number): number {
    return Math.max(0, this.#fullAt - now);
  }

  /** Milliseconds until it holds one at least. 0: it does. */
  untilOne(now: number): number {
    const wait = this.untilFull(now) - this.#time(this.#perMinute - 1);
    return wait < tick ? 0 : wait;
  }

  /** Milliseconds in which so much comes. */
  #time(amount: number): number {
    return (amount / this.#perMinute) * minute;
  }
}
