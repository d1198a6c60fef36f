// @ts-check
import { listEndpoints } from "./api/endpoints.js";
import { ServerGone } from "./api/errors.js";
import { listModels } from "./api/models.js";
/** @import { Endpoint } from "./api/endpoints.js" */
/** @import { Model } from "./api/models.js" */

/** Milliseconds between two looks while something moves, and while nothing does. */
const paces = { moving: 2_000, still: 5_000 };

/** The server's models and endpoints, as of the last look that succeeded. Dispatches "change" after each look. */
export class Catalogue extends EventTarget {
  /** @type {Model[]} */
  models = [];
  /** Undefined until a look has succeeded. @type {Endpoint[] | undefined} */
  endpoints;
  /** Why the last look failed, if it did. @type {unknown} */
  problem;
  #looking = Promise.resolve();
  /** When the last look ended, as `performance.now()` tells. Infinity while one goes on. */
  #lookedAt = -Infinity;

  get gone() {
    return this.problem instanceof ServerGone;
  }

  /**
   * The launched models of a task, those that failed too.
   * @param {string} task
   */
  ofTask(task) {
    return this.models.filter((model) => model.task === task || model.sideTasks?.includes(task));
  }

  /**
   * Whether a request for the task may be asked.
   * @param {string} task
   */
  serves(task) {
    return this.ofTask(task).some(({ state }) => state !== "failed");
  }

  look() {
    this.#lookedAt = Infinity;
    this.#looking = this.#looking.then(async () => {
      try {
        // A server that was started again may have other plugins.
        if (!this.endpoints || this.problem) this.endpoints = await listEndpoints();
        this.models = await listModels();
        this.problem = undefined;
      } catch (error) {
        this.problem = error;
      }
      this.#lookedAt = performance.now();
      this.dispatchEvent(new Event("change"));
    });
    return this.#looking;
  }

  /**
   * Looks every two seconds while something moves, and else every five. It rests while the page is hidden, and looks when it is
   * shown again.
   * @param {() => boolean} moves
   */
  watch(moves) {
    const look = () => {
      const pace = moves() ? paces.moving : paces.still;
      const isDue = performance.now() - this.#lookedAt >= pace;
      if (isDue && document.visibilityState === "visible") void this.look();
    };
    document.addEventListener("visibilitychange", look);
    setInterval(look, paces.moving / 2);
  }
}
