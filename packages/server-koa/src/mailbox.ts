/** Items on their way to a reader. Beyond `limit` the oldest gives way, so a slow reader costs no more than that. */
export class Mailbox<Item> {
  readonly #limit: number;
  #items: { readonly item: Item; readonly kind?: string }[] = [];
  #closed = false;
  #wake: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** No more will be put; what is there can still be taken. */
  get closed(): boolean {
    return this.#closed;
  }

  put(item: Item): void {
    this.#add({ item });
  }

  /** Replaces an item of its kind that is still there. */
  putNewest(kind: string, item: Item): void {
    this.#items = this.#items.filter((each) => each.kind !== kind);
    this.#add({ item, kind });
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  take(): Item | undefined {
    return this.#items.shift()?.item;
  }

  /** False when nothing came within these milliseconds. */
  async wait(milliseconds: number): Promise<boolean> {
    if (this.#closed || this.#items.length > 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds, false);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #add(entry: { readonly item: Item; readonly kind?: string }): void {
    this.#items.push(entry);
    if (this.#items.length > this.#limit) this.#items.shift();
    this.#wake();
  }
}
