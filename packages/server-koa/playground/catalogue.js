// @ts-check
import { listModels } from "./api/models.js";
/** @import { Model } from "./api/models.js" */

/** Milliseconds between two looks. */
const pace = 2_000;

/** The server's models, as of the last look. Dispatches "change" after each look. */
export class Catalogue extends EventTarget {
  /** @type {Model[]} */
  models = [];
  /** Why the last look failed, if it did. @type {unknown} */
  problem;
  #looking = Promise.resolve();

  /** @param {string} type */
  ofType(type) {
    return this.models.filter((model) => model.model_type === type);
  }

  look() {
    this.#looking = this.#looking.then(async () => {
      try {
        this.models = await listModels();
        this.problem = undefined;
      } catch (error) {
        this.problem = error;
      }
      this.dispatchEvent(new Event("change"));
    });
    return this.#looking;
  }

  /**
   * Looks every two seconds while it is wanted and the page is visible.
   * @param {() => boolean} wanted
   */
  async watch(wanted) {
    for (;;) {
      if (wanted() && document.visibilityState === "visible") await this.look();
      await new Promise((resolve) => setTimeout(resolve, pace));
    }
  }
}
