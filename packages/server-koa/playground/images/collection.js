// @ts-check
import { Album } from "./album.js";
/** @import { Picture } from "./picture.js" */

/**
 * The pictures on the page, the oldest first, and the album that keeps them where the browser has one. Dispatches "change"
 * when they or the album do.
 */
export class Collection extends EventTarget {
  /** @type {Picture[]} */
  pictures = [];
  /** The name of the error with which the browser refused to keep pictures, if it did. @type {string | undefined} */
  refusal;
  /** @type {Album | undefined} */
  #album;
  /** What is asked of the album is done in order. */
  #work;

  constructor() {
    super();
    this.#work = this.#attempt(async () => {
      this.#album = await Album.open();
      this.pictures = [...(await this.#album.all()), ...this.pictures];
    });
  }

  /** @param {Picture} picture */
  add(picture) {
    this.pictures.push(picture);
    this.#changed();
    this.#then(async (album) => {
      const { key, gone } = await album.add(picture);
      picture.key = key;
      this.#drop(this.pictures.filter((each) => gone.includes(each.key ?? 0)));
    });
  }

  /** @param {Picture} picture */
  remove(picture) {
    this.#drop([picture]);
    this.#then(async (album) => {
      if (picture.key !== undefined) await album.remove(picture.key);
    });
  }

  clear() {
    this.#drop(this.pictures);
    this.#then((album) => album.clear());
  }

  /** @param {Picture[]} gone */
  #drop(gone) {
    this.pictures = this.pictures.filter((picture) => !gone.includes(picture));
    for (const { url } of gone) URL.revokeObjectURL(url);
    this.#changed();
  }

  /** @param {(album: Album) => Promise<void>} act */
  #then(act) {
    this.#work = this.#work.then(() =>
      this.#attempt(async () => {
        if (this.#album) await act(this.#album);
      }),
    );
  }

  /** @param {() => Promise<void>} act */
  async #attempt(act) {
    try {
      await act();
    } catch (error) {
      this.refusal = error instanceof Error ? error.name : String(error);
    }
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
