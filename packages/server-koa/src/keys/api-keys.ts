import { createHash, timingSafeEqual } from "node:crypto";

/** A key, and who has it. */
export interface ApiKey {
  /** Names its holder in logs, and as the `caller` of the kernel's calls: 1 to 64 letters, digits and . _ - of ASCII. */
  readonly name: string;
  /** What a request sends as `Authorization: Bearer KEY`: 1 to 512 visible characters of ASCII. */
  readonly key: string;
  /** Whether its holder may launch, change, unload and register models, and abort the requests of others. Default false. */
  readonly isAdmin?: boolean;
}

/** Whoever sent a key. */
export type KeyHolder = Omit<ApiKey, "key">;

interface Entry extends KeyHolder {
  readonly digest: Buffer;
}

const namePattern = /^[\w.-]{1,64}$/;
const keyPattern = /^[\x21-\x7e]{1,512}$/;

/** The keys that open a server's routes. It keeps their digests alone. */
export class ApiKeys {
  #entries: readonly Entry[];

  /** TypeError for a name or a key that is none, and for two of one name or one key. Messages have no key. */
  constructor(keys: readonly ApiKey[]) {
    this.#entries = entriesOf(keys);
  }

  /** Whether any key is an administrator's. */
  get hasAdmin(): boolean {
    return this.#entries.some(({ isAdmin }) => isAdmin);
  }

  /** Takes these from now on. TypeError as the constructor has; the keys are then as they were. */
  replace(keys: readonly ApiKey[]): void {
    this.#entries = entriesOf(keys);
  }

  /** The holder of a key. It takes as long for any key, whether there is one or not. */
  find(key: string): KeyHolder | undefined {
    const digest = digestOf(key);
    let found: Entry | undefined;
    for (const entry of this.#entries) if (timingSafeEqual(entry.digest, digest)) found = entry;
    return found && { name: found.name, ...(found.isAdmin && { isAdmin: true }) };
  }
}

function entriesOf(keys: readonly ApiKey[]): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const { name, key, isAdmin = false } of keys) {
    if (typeof name !== "string" || !namePattern.test(name)) {
      const shape = "1 to 64 letters, digits and . _ -";
      throw new TypeError(`The name of a key must be ${shape}, not ${JSON.stringify(name)}.`);
    }
    if (typeof key !== "string" || !keyPattern.test(key)) {
      const shape = "1 to 512 visible characters of ASCII, without spaces";
      throw new TypeError(`The key "${name}" must be ${shape}.`);
    }
    if (entries.has(name)) {
      throw new TypeError(`Two keys are called "${name}". Give one of them another name.`);
    }
    const digest = digestOf(key);
    const same = [...entries.values()].find((entry) => entry.digest.equals(digest));
    if (same) {
      throw new TypeError(`"${same.name}" and "${name}" have the same key. Give each its own.`);
    }
    entries.set(name, { name, digest, isAdmin });
  }
  return [...entries.values()];
}

function digestOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
