interface Entry<Item> {
  readonly item: Item;
  readonly kind?: string;
  /** 0 until it is known. */
  bytes: number;
}

/** Items on their way to a reader. Beyond `limit` of them the oldest gives way. */
export class EventQueue<Item> {
  readonly #limit: number;
  #entries: Entry<Item>[] = [];
  #closed = false;
  #wake: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** No more will be put; what is there can still be taken. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Of the items that are there, as far as they were weighed. */
  get bytes(): number {
    return this.#entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  put(item: Item): void {
    this.#add({ item, bytes: 0 });
  }

  /** Replaces an item of its kind that is still there. */
  putNewest(kind: string, item: Item): void {
    this.#entries = this.#entries.filter((entry) => entry.kind !== kind);
    this.#add({ item, kind, bytes: 0 });
  }

  weigh(item: Item, bytes: number): void {
    const entry = this.#entries.find((each) => each.item === item);
    if (entry) entry.bytes = bytes;
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  take(): Item | undefined {
    return this.#entries.shift()?.item;
  }

  /** False when nothing came within these milliseconds. */
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
    if (this.#entries.length > this.#limit) this.#entries.shift();
    this.#wake();
  }
}
