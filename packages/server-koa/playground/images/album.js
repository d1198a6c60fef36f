// @ts-check
import { bytesOf } from "./picture.js";
/** @import { Picture } from "./picture.js" */

/** Bounds of what is kept; beyond them the oldest go. */
export const maxPictures = 200;
export const maxBytes = 200_000_000;

/** @typedef {Omit<Picture, "url" | "key">} Kept */

const store = "pictures";

/** The pictures that the browser keeps for this page, in IndexedDB. Every method rejects when the browser refuses. */
export class Album {
  #database;

  /** @param {IDBDatabase} database */
  constructor(database) {
    this.#database = database;
  }

  /** Rejects where the browser keeps nothing, as in some private windows. */
  static async open() {
    // Two servers may share an origin, each under its own path.
    const opening = indexedDB.open(`kindred${location.pathname}`, 1);
    opening.addEventListener("upgradeneeded", () => {
      opening.result.createObjectStore(store, { autoIncrement: true });
    });
    return new Album(await resultOf(opening));
  }

  /**
   * Everything kept, the oldest first.
   * @returns {Promise<Picture[]>}
   */
  async all() {
    const pictures = this.#store("readonly");
    const [keys, kept] = await Promise.all([
      resultOf(pictures.getAllKeys()),
      resultOf(pictures.getAll()),
    ]);
    return kept.map((/** @type {Kept} */ each, index) => ({
      ...each,
      url: URL.createObjectURL(each.file),
      key: Number(keys[index]),
    }));
  }

  /**
   * Keeps a picture. Resolves to its key, and the keys of those that went for it.
   * @param {Picture} picture
   */
  async add(picture) {
    const { url: _, key: __, ...kept } = picture;
    const pictures = this.#store("readwrite");
    const committed = completed(pictures.transaction);
    const key = Number(await resultOf(pictures.add(kept)));
    const gone = await removeOldest(pictures);
    await committed;
    return { key, gone };
  }

  /** @param {number} key */
  async remove(key) {
    await resultOf(this.#store("readwrite").delete(key));
  }

  async clear() {
    await resultOf(this.#store("readwrite").clear());
  }

  /** @param {IDBTransactionMode} mode */
  #store(mode) {
    return this.#database.transaction(store, mode).objectStore(store);
  }
}

/**
 * Removes what lies beyond the bounds. Resolves to the keys.
 * @param {IDBObjectStore} pictures
 * @returns {Promise<number[]>}
 */
function removeOldest(pictures) {
  /** @type {number[]} */
  const gone = [];
  let count = 0;
  let bytes = 0;
  const newestFirst = pictures.openCursor(null, "prev");
  return new Promise((resolve, reject) => {
    newestFirst.addEventListener("error", () => reject(newestFirst.error));
    newestFirst.addEventListener("success", () => {
      const cursor = newestFirst.result;
      if (!cursor) return resolve(gone);
      count += 1;
      bytes += bytesOf(cursor.value);
      if (count > maxPictures || bytes > maxBytes) {
        gone.push(Number(cursor.key));
        cursor.delete();
      }
      cursor.continue();
    });
  });
}

/**
 * A disk that is full shows only when the transaction commits.
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function completed(transaction) {
  const done = new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve(undefined));
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
  // A request that fails rejects first.
  done.catch(() => {});
  return done;
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}
