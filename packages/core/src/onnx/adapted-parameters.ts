import type { FileIdentity } from "../shared/file-identity.ts";
import type { OpenedWeight } from "./footprint.ts";
import type { WeightOptions } from "./graph.ts";
import type { Parameters } from "./parameters.ts";
import type { Value } from "./value.ts";

/** Parameters, each replaced by the Value that an adapter gives for it. */
export class AdaptedParameters implements Parameters {
  readonly #stored: Parameters;
  readonly #adapt: (name: string, weight: Value) => Value;
  /** By the Value as stored. */
  readonly #values = new Map<Value, Value>();
  readonly #changed = new Set<string>();

  constructor(stored: Parameters, adapt: (name: string, weight: Value) => Value) {
    this.#stored = stored;
    this.#adapt = adapt;
  }

  get folder(): string {
    return this.#stored.folder;
  }

  get files(): readonly FileIdentity[] {
    return this.#stored.files;
  }

  get used(): readonly OpenedWeight[] {
    return this.#stored.used.map((weight) =>
      this.#changed.has(weight.name) ? { ...weight, adapted: true } : weight,
    );
  }

  get unused(): readonly string[] {
    return this.#stored.unused;
  }

  has(name: string): boolean {
    return this.#stored.has(name);
  }

  /** An adapter makes values of values, so that its weights stay as they are stored. */
  quantized(): undefined {
    return undefined;
  }

  get(name: string, shape: readonly number[], options: WeightOptions): Value {
    const stored = this.#stored.get(name, shape, options);
    const known = this.#values.get(stored);
    if (known !== undefined) return known;
    const value = this.#adapt(name, stored);
    if (value !== stored) this.#changed.add(name);
    this.#values.set(stored, value);
    return value;
  }
}
