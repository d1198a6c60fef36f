/** A cache of the values that were used last. */
export class Recent<Value> {
  readonly #max: number;
  /** Least recently used first. */
  readonly #values = new Map<string, Value>();

  /** Holds up to `max` values. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The value of that key. It is made when it is not there; a value whose making fails is not kept. */
  async get(key: string, make: () => Promise<Value>): Promise<Value> {
    const value = this.#values.get(key) ?? (await make());
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#max) this.#values.delete(oldest!);
    return value;
  }
}
