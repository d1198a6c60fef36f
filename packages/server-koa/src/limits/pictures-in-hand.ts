/** How far a new measure moves the average, as in the kernel's queues. */
const weight = 0.2;
/** Milliseconds after which trying again makes sense, at the earliest. */
const minWait = 1_000;

/** The pictures that are being made or wait for that, and how fast they leave. Times are milliseconds of one clock. */
export class PicturesInHand {
  #count = 0;
  /** Milliseconds between two that leave, while any are there. */
  #each = 1_000;
  #isMeasured = false;
  #since = 0;

  get count(): number {
    return this.#count;
  }

  add(pictures: number, now: number): void {
    if (this.#count === 0) this.#since = now;
    this.#count += pictures;
  }

  remove(pictures: number, now: number): void {
    this.#count -= pictures;
    const each = (now - this.#since) / pictures;
    this.#each = this.#isMeasured ? (1 - weight) * this.#each + weight * each : each;
    this.#isMeasured = true;
    this.#since = now;
  }

  /** Milliseconds until so many will have left, by the pace so far; at first a second each. At least a second. */
  untilGone(pictures: number): number {
    return Math.max(minWait, this.#each * pictures);
  }
}
