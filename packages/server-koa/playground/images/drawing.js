// @ts-check
import { ServerGone } from "../api/errors.js";
import { draw, isCompleted, isPreview } from "../api/images.js";
import { pictureOf, urlOf } from "./picture.js";
/** @import { ImageEvent, ImageFiles, ImageRequest } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */
/** @import { Picture } from "./picture.js" */

/**
 * "held": not with the server. "sent": without a word from it yet. "waiting": in its queue. "starting": its turn has come.
 * @typedef {"held" | "sent" | "waiting" | "starting" | "drawing" | "done" | "cancelled" | "failed"} DrawingState
 */

const over = new Set(["done", "cancelled", "failed"]);
const notBegun = new Set(["sent", "waiting"]);

/** One request for pictures, and how far it has come. Dispatches "change" whenever that changes. */
export class Drawing extends EventTarget {
  /** @type {DrawingState} */
  state = "held";
  /** Place in the server's queue, from 1. */
  place = 0;
  steps = { done: 0, total: 1 };
  /** The latest preview's URL. @type {string | undefined} */
  preview;
  /** @type {Picture[]} */
  pictures = [];
  /** Why it failed. @type {unknown} */
  problem;
  #hangUp = new AbortController();
  #cameBack = false;

  /**
   * @param {ImageRequest} request
   * @param {ImageFiles} files
   * @param {Model} model
   */
  constructor(request, files, model) {
    super();
    this.request = request;
    this.files = files;
    this.model = model;
  }

  get isOver() {
    return over.has(this.state);
  }

  /**
   * Sends the request. Resolves when it is over, however it ends. One that the server had not begun when it went away is held
   * again; the second time it fails, since it may be why.
   */
  async send() {
    this.#become("sent");
    try {
      for await (const event of draw(this.request, this.files, this.#hangUp.signal)) {
        this.#hear(event);
      }
      this.#become("done");
    } catch (error) {
      if (this.#hangUp.signal.aborted) return;
      const comesBack = error instanceof ServerGone && notBegun.has(this.state) && !this.#cameBack;
      this.#cameBack ||= comesBack;
      if (!comesBack) this.problem = error;
      this.#become(comesBack ? "held" : "failed");
    }
  }

  /** Hangs up. The server stops at the next step. */
  cancel() {
    if (this.isOver) return;
    this.#hangUp.abort();
    this.#become("cancelled");
  }

  /** @param {ImageEvent} event */
  #hear(event) {
    if (event.type === "state") this.#queued(event);
    if (event.type === "progress") {
      this.steps = event;
      this.#become("drawing");
    }
    if (isPreview(event)) {
      this.preview = urlOf(event);
      this.#become("drawing");
    }
    if (isCompleted(event)) this.pictures.push(pictureOf(event, this));
  }

  /** @param {{ state: "loading" | "queued" | "running", position?: number }} event */
  #queued({ state, position = 1 }) {
    this.place = position;
    this.#become(state === "queued" ? "waiting" : "starting");
  }

  /** @param {DrawingState} state */
  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}
