// @ts-check
/** @import { Point, Stroke } from "./mask-strokes.js" */

/**
 * What hears a brush: of each new part of a stroke, of its end, and of where keys have moved it.
 * @typedef {object} BrushEars
 * @property {(stroke: Stroke, from: number) => void} painted `from` is the first point that is new.
 * @property {(stroke: Stroke) => void} ended
 * @property {(at: Point) => void} moved
 */

/** Steps of the arrow keys along a picture's longer side. */
const steps = 64;
/** Steps at once with Shift. */
const stride = 8;
/** The first button, and a pen's eraser. */
const paints = 0;
const penErases = 5;

/** A brush over a picture, which a mouse, a finger, a pen or keys move. Positions are in pixels of the picture. */
export class Brush {
  /** Diameter. */
  width = 1;
  erases = false;
  #surface;
  #ring;
  #ears;
  #picture = { width: 1, height: 1 };
  /** @type {Point} */
  #at = [0, 0];
  /** @type {Stroke | undefined} */
  #stroke;
  /** The pointer that paints; another finger does not. @type {number | undefined} */
  #pointer;

  /**
   * @param {HTMLElement} surface As large as the picture is shown. It takes the focus.
   * @param {HTMLElement} ring Shows the brush.
   * @param {BrushEars} ears
   */
  constructor(surface, ring, ears) {
    this.#surface = surface;
    this.#ring = ring;
    this.#ears = ears;
    surface.addEventListener("pointerdown", (event) => this.#press(event));
    surface.addEventListener("pointermove", (event) => this.#drag(event));
    surface.addEventListener("lostpointercapture", ({ pointerId }) => {
      if (pointerId === this.#pointer) this.lift();
    });
    surface.addEventListener("keydown", (event) => this.#key(event));
    surface.addEventListener("keyup", ({ key }) => {
      if (key === " ") this.lift();
    });
    surface.addEventListener("blur", () => this.lift());
  }

  get isDown() {
    return this.#stroke !== undefined;
  }

  /**
   * Puts the brush into the middle of a picture.
   * @param {{ width: number, height: number }} picture
   */
  fit({ width, height }) {
    this.#picture = { width, height };
    this.#at = [width / 2, height / 2];
    this.show();
  }

  show() {
    const { width, height } = this.#picture;
    const [x, y] = this.#at;
    this.#ring.style.setProperty("--x", String(x / width));
    this.#ring.style.setProperty("--y", String(y / height));
    this.#ring.style.setProperty("--diameter", String(this.width / width));
  }

  /** Ends a stroke. */
  lift() {
    const stroke = this.#stroke;
    this.#stroke = undefined;
    this.#pointer = undefined;
    if (stroke) this.#ears.ended(stroke);
  }

  /** @param {boolean} erases */
  #put(erases) {
    this.#stroke = { kind: "stroke", erases, width: this.width, points: [this.#at] };
    this.#ears.painted(this.#stroke, 0);
  }

  /** @param {Point[]} points The last is where the brush is then. */
  #move(points) {
    this.#at = points.at(-1) ?? this.#at;
    this.show();
    if (!this.#stroke) return;
    const from = this.#stroke.points.length;
    this.#stroke.points.push(...points);
    this.#ears.painted(this.#stroke, from);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const { pointerId, button } = event;
    if (this.isDown || (button !== paints && button !== penErases)) return;
    event.preventDefault();
    this.#surface.focus({ preventScroll: true });
    this.#surface.setPointerCapture(pointerId);
    this.#move([this.#pointOf(event)]);
    this.#pointer = pointerId;
    this.#put(this.erases || button === penErases);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (this.isDown && event.pointerId !== this.#pointer) return;
    const parts = event.getCoalescedEvents();
    this.#move((parts.length > 0 ? parts : [event]).map((each) => this.#pointOf(each)));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, shiftKey, repeat, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    const direction = directions.get(key);
    if (!direction && key !== " " && key !== "Enter") return;
    event.preventDefault();
    if (direction) this.#walk(direction, shiftKey ? stride : 1);
    else if (!repeat && this.isDown) this.lift();
    else if (!repeat) this.#put(this.erases);
    if (!repeat || direction) this.#ears.moved(this.#at);
  }

  /**
   * @param {Point} direction
   * @param {number} times
   */
  #walk([right, down], times) {
    const { width, height } = this.#picture;
    const step = Math.max(1, Math.round(Math.max(width, height) / steps)) * times;
    const [x, y] = this.#at;
    this.#move([[within(x + right * step, width), within(y + down * step, height)]]);
  }

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  #pointOf({ clientX, clientY }) {
    const { left, top, width, height } = this.#surface.getBoundingClientRect();
    const x = ((clientX - left) / width) * this.#picture.width;
    const y = ((clientY - top) / height) * this.#picture.height;
    return [x, y];
  }
}

/** @type {ReadonlyMap<string, Point>} */
const directions = new Map([
  ["ArrowLeft", [-1, 0]],
  ["ArrowRight", [1, 0]],
  ["ArrowUp", [0, -1]],
  ["ArrowDown", [0, 1]],
]);

/**
 * @param {number} place
 * @param {number} size
 */
function within(place, size) {
  return Math.min(Math.max(place, 0), size);
}
