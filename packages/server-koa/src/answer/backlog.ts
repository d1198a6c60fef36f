import { EventQueue } from "./event-queue.ts";

/** The queues of all readers. Beyond `maxBytes` in all of them, the fullest queue loses its oldest item. */
export class Backlog<Item> {
  readonly #maxBytes: number;
  readonly #queues = new Set<EventQueue<Item>>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** A queue for one more reader. */
  open(maxItems: number): EventQueue<Item> {
    const queue = new EventQueue<Item>(maxItems);
    this.#queues.add(queue);
    return queue;
  }

  close(queue: EventQueue<Item>): void {
    this.#queues.delete(queue);
  }

  /** Notes the bytes of an item, and makes room when there are too many. */
  weigh(queue: EventQueue<Item>, item: Item, bytes: number): void {
    queue.weigh(item, bytes);
    while (this.#bytes > this.#maxBytes) this.#fullest.take();
  }

  get #bytes(): number {
    return [...this.#queues].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get #fullest(): EventQueue<Item> {
    return [...this.#queues].reduce((a, b) => (b.bytes > a.bytes ? b : a));
  }
}
