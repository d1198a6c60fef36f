// @ts-check
import { ServerGone } from "../api/errors.js";
/** @import { Drawing } from "./drawing.js" */

/** Drawings sent at a time. Browsers keep six connections to a server, and the page needs one for its other requests. */
const maxSent = 4;

/**
 * The drawings that are not over, in the order they were asked for. The first few are with the server, whose queue they
 * wait in. Dispatches "change" when one comes, moves on or ends, and "gone" when the server
 * went away from one: then no more are sent until `pause(false)`.
 */
export class Drawings extends EventTarget {
  /** @type {Drawing[]} */
  all = [];
  #paused = false;
  #onEnd;

  /** @param {(drawing: Drawing) => void} onEnd Called once for each drawing. */
  constructor(onEnd) {
    super();
    this.#onEnd = onEnd;
  }

  /** @param {Drawing} drawing */
  add(drawing) {
    this.all.push(drawing);
    drawing.addEventListener("change", () => this.#changed(drawing));
    this.#send();
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Sends no more while the server is gone, and goes on when it is back.
   * @param {boolean} gone
   */
  pause(gone) {
    this.#paused = gone;
    this.#send();
  }

  /** @param {Drawing} drawing */
  #changed(drawing) {
    if (drawing.state === "held" || drawing.problem instanceof ServerGone) this.#lost();
    if (drawing.isOver) this.all = this.all.filter((each) => each !== drawing);
    this.dispatchEvent(new Event("change"));
    if (drawing.isOver) this.#onEnd(drawing);
    this.#send();
  }

  #lost() {
    this.#paused = true;
    this.dispatchEvent(new Event("gone"));
  }

  #send() {
    if (this.#paused) return;
    const next = this.all
      .slice(0, maxSent)
      .find(({ state }) => state === "held" || state === "sent");
    // Requests on two connections may overtake each other, so each waits until the server has the one before it.
    if (next?.state === "held") void next.send();
  }
}
