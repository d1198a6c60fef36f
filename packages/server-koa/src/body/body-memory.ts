import { getHeapStatistics } from "node:v8";
import { formatBytes, KernelError, reached } from "@kindred/core";

/** A body that takes no more than this may use all of the memory. A larger one leaves a quarter of it to small ones. */
const maxSmall = 1 << 20;
const largeShare = 3 / 4;
/** Seconds. A body is held for as long as its request is answered. */
const retryAfter = 1;

/** The memory that bodies and their values take, of all requests that are being answered. */
export class BodyMemory {
  readonly #max: () => number;
  #heldBytes = 0;

  /** `max` bounds all together, and may change. Default: a quarter of the limit of V8's heap. */
  constructor(max: () => number | undefined = () => undefined) {
    const own = getHeapStatistics().heap_size_limit / 4;
    this.#max = () => Math.floor(max() ?? own);
  }

  /** Bytes that are held now. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The most bytes that one body may ever take. */
  get maxBodyBytes(): number {
    return Math.floor(this.#max() * largeShare);
  }

  /** Begins to count a body. */
  hold(): HeldBody {
    let held = 0;
    let released = false;
    const set = (bytes: number): void => {
      this.#heldBytes += bytes - held;
      held = bytes;
    };
    return {
      check: (bytes) => this.#check(bytes, bytes - held),
      grow: (bytes) => {
        if (released) return;
        this.#check(held + bytes, bytes);
        set(held + bytes);
      },
      shrink: (bytes) => {
        if (!released) set(Math.min(bytes, held));
      },
      release() {
        released = true;
        set(0);
      },
    };
  }

  #check(bytes: number, more: number): void {
    const max = bytes > maxSmall ? this.maxBodyBytes : this.#max();
    if (this.#heldBytes + more <= max) return;
    reached("limits.all");
    throw new KernelError(
      "OVERLOADED",
      `The bodies of other requests take ${formatBytes(this.#heldBytes)} of ${formatBytes(max)} (limits.all), which leaves too little for this one. Send it again later.`,
      { retryAfter },
    );
  }
}

/** What one body takes, in bytes. */
export interface HeldBody {
  /** OVERLOADED when so many bytes in all would be too many now. */
  check(bytes: number): void;
  /** Counts so many more. OVERLOADED when there is no room for them; then they are not counted. */
  grow(bytes: number): void;
  /** Counts no more than so many from now on. */
  shrink(bytes: number): void;
  /** Counts nothing from now on. */
  release(): void;
}
