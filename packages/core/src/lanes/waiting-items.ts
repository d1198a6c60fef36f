/** An item of some request, waiting for a run. */
export interface Entry<Request, Item> {
  readonly request: Request;
  readonly item: Item;
  /** Its place among its request's items. */
  readonly index: number;
  readonly cost: number;
}

/** Items of all waiting requests, kept by cost so that those of near cost share a run. Oldest first among equals. */
export class WaitingItems<Request, Item> {
  readonly #byCost = new Map<number, Set<Entry<Request, Item>>>();
  /** Ascending. */
  #costs: number[] = [];

  add(entries: readonly Entry<Request, Item>[]): void {
    const known = this.#byCost.size;
    for (const entry of entries) {
      const equals = this.#byCost.get(entry.cost);
      if (equals) equals.add(entry);
      else this.#byCost.set(entry.cost, new Set([entry]));
    }
    if (this.#byCost.size > known) this.#costs = [...this.#byCost.keys()].toSorted((a, b) => a - b);
  }

  remove(entries: Iterable<Entry<Request, Item>>): void {
    for (const entry of entries) {
      const equals = this.#byCost.get(entry.cost);
      if (equals?.delete(entry) && equals.size === 0) {
        this.#byCost.delete(entry.cost);
        this.#costs.splice(this.#costs.indexOf(entry.cost), 1);
      }
    }
  }

  /** Those of cost at most `longest`, dearest first. */
  *descending(longest: number): Generator<Entry<Request, Item>> {
    for (let place = this.#costs.length - 1; place >= 0; place--) {
      const cost = this.#costs[place]!;
      if (cost <= longest) yield* this.#byCost.get(cost)!;
    }
  }
}
