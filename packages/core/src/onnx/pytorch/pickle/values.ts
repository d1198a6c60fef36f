/** A value that a pickle describes. Names of dicts are keys of a Map, so that `__proto__` is a name like others. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Tuple
  | List
  | Dict
  | Global
  | Storage
  | Tensor
  | Bystander;

export class Tuple {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** A list. No tensor that is read lies in one, so its items are not kept. */
export class List {
  readonly kind = "list";
}

export class Dict {
  /** Whether it is an OrderedDict, which may have attributes. */
  readonly ordered: boolean;
  /** Each tensor comes with a dict that stays empty, and an empty Map takes 200 bytes. */
  #entries: Map<Value, Value> | undefined;

  constructor(ordered: boolean) {
    this.ordered = ordered;
  }

  get entries(): ReadonlyMap<Value, Value> {
    return this.#entries ?? empty;
  }

  set(name: Value, value: Value): void {
    this.#entries ??= new Map();
    this.#entries.set(name, value);
  }
}

const empty: ReadonlyMap<Value, Value> = new Map();

/** One of the names of Python that a pickle of tensors needs: "torch.FloatStorage". It stands for itself; nothing is imported. */
export class Global {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Bytes that tensors share: an entry of the zip. */
export interface StorageFacts {
  /** The name of its entry below `data/`. */
  readonly key: string;
  /** safetensors' name of its type. */
  readonly dtype: string;
  readonly elements: number;
}

export class Storage {
  readonly facts: StorageFacts;

  constructor(facts: StorageFacts) {
    this.facts = facts;
  }
}

/** A view of a storage. Offset and strides count elements. */
export interface TensorFacts {
  readonly storage: StorageFacts;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export class Tensor {
  readonly facts: TensorFacts;

  constructor(facts: TensorFacts) {
    this.facts = facts;
  }
}

/** A value that is no tensor's and is not kept, such as a trainer's note. */
export class Bystander {
  readonly kind = "bystander";
}

/** Says what a value is, without looking into it: pickles nest deeper than a stack allows. */
export function kindOf(value: Value): string {
  if (value === null) return "None";
  if (value instanceof Tuple) return `a tuple of ${value.items.length}`;
  if (value instanceof List) return "a list";
  if (value instanceof Dict) return "a dict";
  if (value instanceof Global) return value.name;
  if (value instanceof Storage) return "a storage";
  if (value instanceof Bystander) return "a trainer's note";
  return value instanceof Tensor ? "a tensor" : `a ${typeof value}`;
}

/** The same of several values, of which the first few are named. */
export function kindsOf(values: readonly Value[]): string {
  const named = values.slice(0, 8).map(kindOf).join(", ");
  return values.length > 8 ? `${named} and ${values.length - 8} more` : named || "nothing";
}
