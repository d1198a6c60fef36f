/**
 * The first part of a value that is not plain JSON, as `data[0].id is a Map`; undefined when all of it is. Typed arrays may
 * stand for arrays of numbers, and members may be undefined: a writer leaves those out.
 */
export function notPlainJson(value: unknown, path = ""): string | undefined {
  const says = (what: string) => `${path || "It"} is ${what}`;
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : says(`${value}`);
  if (typeof value !== "object") return says(`of type ${typeof value}`);
  if (isNumbers(value)) {
    const wrong = value.findIndex((number) => !Number.isFinite(number));
    return wrong === -1 ? undefined : `${path}[${wrong}] is ${value[wrong]}`;
  }
  if (Array.isArray(value)) return firstOf(value.entries(), (index) => `${path}[${index}]`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return says(`a ${value.constructor.name}`);
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return firstOf(members, (key) => (path === "" ? key : `${path}.${key}`));
}

function firstOf<Key>(
  members: Iterable<readonly [Key, unknown]>,
  pathOf: (key: Key) => string,
): string | undefined {
  for (const [key, member] of members) {
    const found = notPlainJson(member, pathOf(key));
    if (found !== undefined) return found;
  }
  return undefined;
}

type Numbers = Exclude<NodeJS.TypedArray, BigInt64Array | BigUint64Array>;

function isNumbers(value: object): value is Numbers {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array || value instanceof BigUint64Array)
  );
}
