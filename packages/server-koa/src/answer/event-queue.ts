import type { ServerEvent } from "@kindred/core";

/** An event on its way to a reader, perhaps still being encoded. */
export type PendingEvent = ServerEvent | Promise<ServerEvent | undefined>;

/** Bytes of the texts and typed arrays in an event's data, which are nearly all of it. */
export function bytesOf(event: ServerEvent | undefined): number {
  const values: readonly unknown[] = Object.values(Object(event?.data));
  return values.reduce<number>((sum, value) => {
    if (typeof value === "string") return sum + value.length;
    return sum + (ArrayBuffer.isView(value) ? value.byteLength : 0);
  }, 0);
}

interface Entry<Item> {
  readonly item: Item;
  readonly kind?: string;
  /** 0 until it is known. */
  bytes: number;
}

/** Items on their way to one reader. Beyond `maxItems` the oldest gives way. */
export class EventQueue<Item> {
  readonly #maxItems: number;
  #entries: Entry<Item>[] = [];
  #closed = false;
  #wake: () => void = () => {};

  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  /** No more items will be put. Those that are there can still be taken. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes of the items that are there and were weighed. */
  get bytes(): number {
    return this.#entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  put(item: Item): void {
    this.#add({ item, bytes: 0 });
  }

  /** Puts an item in place of the one of its kind that is still there, if any. */
  putNewest(kind: string, item: Item): void {
    this.#entries = this.#entries.filter((entry) => entry.kind !== kind);
    this.#add({ item, kind, bytes: 0 });
  }

  /** Notes the bytes of an item, if it is still there. */
  weigh(item: Item, bytes: number): void {
    const entry = this.#entries.find((each) => each.item === item);
    if (entry) entry.bytes = bytes;
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** The oldest item; undefined when there is none. */
  take(): Item | undefined {
    return this.#entries.shift()?.item;
  }

  /** Resolves to true once there is an item or the queue is closed, to false after so many milliseconds without. */
  async wait(milliseconds: number): Promise<boolean> {
    if (this.#closed || this.#entries.length > 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds, false);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #add(entry: Entry<Item>): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#maxItems) this.#entries.shift();
    this.#wake();
  }
}
