import { Mailbox } from "./mailbox.ts";

/** What waits for all slow readers together. Beyond `limit` bytes whoever has most waiting loses the oldest of it. */
export class Backlog<Item> {
  readonly #limit: number;
  readonly #mailboxes = new Set<Mailbox<Item>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** For one more reader, and at most so many items. */
  open(most: number): Mailbox<Item> {
    const mailbox = new Mailbox<Item>(most);
    this.#mailboxes.add(mailbox);
    return mailbox;
  }

  close(mailbox: Mailbox<Item>): void {
    this.#mailboxes.delete(mailbox);
  }

  /** Says what an item takes that may still be there. */
  weigh(mailbox: Mailbox<Item>, item: Item, bytes: number): void {
    mailbox.weigh(item, bytes);
    while (this.#bytes > this.#limit) this.#fullest.take();
  }

  get #bytes(): number {
    return [...this.#mailboxes].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get #fullest(): Mailbox<Item> {
    return [...this.#mailboxes].reduce((a, b) => (b.bytes > a.bytes ? b : a));
  }
}
