/** An item of some request, waiting for a run. */
export interface WaitingItem<Request, Item> {
  readonly request: Request;
  readonly item: Item;
  /** Its place among its request's items. */
  readonly index: number;
  /** Its length in a padded run. */
  readonly cost: number;
}

/** A waiting item shares a run whose longest item costs at most this many times as much, so padding stays small. */
const maxPadding = 1.25;

/**
 * The items of all waiting requests. Requests take turns at choosing a run; the items of a run are near each other in
 * cost, whichever request they are of. Everything here is synchronous.
 */
export class WaitingItems<Request, Item> {
  /** Waiting items of each request, dearest first. The request whose turn is next comes first. */
  readonly #rotation = new Map<Request, Set<WaitingItem<Request, Item>>>();
  /** Equals are in the order of their arrival. */
  readonly #byCost = new Map<number, Set<WaitingItem<Request, Item>>>();
  /** The keys of `byCost`, ascending. */
  #costs: number[] = [];
  /** Costs of all items that wait, added up. */
  #cost = 0;

  /** Requests with items that wait. */
  get requests(): readonly Request[] {
    return [...this.#rotation.keys()];
  }

  get size(): number {
    return this.#rotation.size;
  }

  get cost(): number {
    return this.#cost;
  }

  /** Adds a request's items, at least one. */
  add(request: Request, items: readonly Item[], cost: (item: Item) => number): void {
    const entries = items
      .map((item, index) => ({ request, item, index, cost: cost(item) }))
      .toSorted((a, b) => b.cost - a.cost);
    this.#rotation.set(request, new Set(entries));
    const known = this.#byCost.size;
    for (const entry of entries) {
      this.#cost += entry.cost;
      const equals = this.#byCost.get(entry.cost);
      if (equals) equals.add(entry);
      else this.#byCost.set(entry.cost, new Set([entry]));
    }
    if (this.#byCost.size > known) this.#costs = [...this.#byCost.keys()].toSorted((a, b) => a - b);
  }

  /** Forgets a request and what waits of it. */
  remove(request: Request): void {
    for (const entry of this.#rotation.get(request) ?? []) this.#forget(entry);
    this.#rotation.delete(request);
  }

  /**
   * Takes the items of the next run: the dearest of the request whose turn it is, and items of near cost until rows ×
   * longest reaches `budget`. Then it is the next request's turn. At least one item must wait.
   */
  take(budget: number): readonly WaitingItem<Request, Item>[] {
    const [chooser, left] = this.#rotation.entries().next().value!;
    const [first] = left as Iterable<WaitingItem<Request, Item>>;
    const rows = Math.max(1, Math.floor(budget / first!.cost));
    const batch = new Set([first!]);
    for (const entry of this.#descending(first!.cost)) {
      if (batch.size >= rows || entry.cost * maxPadding < first!.cost) break;
      batch.add(entry);
    }
    for (const entry of batch) {
      this.#forget(entry);
      const others = this.#rotation.get(entry.request)!;
      others.delete(entry);
      if (others.size === 0) this.#rotation.delete(entry.request);
    }
    if (this.#rotation.delete(chooser)) this.#rotation.set(chooser, left);
    return [...batch];
  }

  /** Items of at most this cost, dearest first. */
  *#descending(cost: number): Generator<WaitingItem<Request, Item>> {
    for (let place = this.#costs.length - 1; place >= 0; place--) {
      if (this.#costs[place]! <= cost) yield* this.#byCost.get(this.#costs[place]!)!;
    }
  }

  #forget(entry: WaitingItem<Request, Item>): void {
    const equals = this.#byCost.get(entry.cost);
    if (!equals?.delete(entry)) return;
    this.#cost -= entry.cost;
    if (equals.size > 0) return;
    this.#byCost.delete(entry.cost);
    this.#costs.splice(this.#costs.indexOf(entry.cost), 1);
  }
}
