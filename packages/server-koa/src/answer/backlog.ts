import { EventQueue } from "./event-queue.ts";

/** What waits for all slow readers together. Beyond `limit` bytes whoever has most waiting loses the oldest of it. */
export class Backlog<Item> {
  readonly #limit: number;
  readonly #queues = new Set<EventQueue<Item>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** For one more reader, and at most so many items. */
  open(most: number): EventQueue<Item> {
    const queue = new EventQueue<Item>(most);
    this.#queues.add(queue);
    return queue;
  }

  close(queue: EventQueue<Item>): void {
    this.#queues.delete(queue);
  }

  /** Says what an item takes that may still be there. */
  weigh(queue: EventQueue<Item>, item: Item, bytes: number): void {
    queue.weigh(item, bytes);
    while (this.#bytes > this.#limit) this.#fullest.take();
  }

  get #bytes(): number {
    return [...this.#queues].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get #fullest(): EventQueue<Item> {
    return [...this.#queues].reduce((a, b) => (b.bytes > a.bytes ? b : a));
  }
}
