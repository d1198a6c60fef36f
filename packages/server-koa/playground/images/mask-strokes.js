// @ts-check

/**
 * What was done to a mask, in pixels of its picture. "mask" starts from the mask of an earlier picture, which is transparent
 * where that was drawn anew.
 * @typedef {{ kind: "stroke", erases: boolean, width: number, points: Point[] }} Stroke
 * @typedef {Stroke | { kind: "invert" } | { kind: "clear" } | { kind: "mask", image: ImageBitmap }} Act
 * @typedef {readonly [x: number, y: number]} Point
 */

/** The acts that make a mask, to be undone, done again, and painted at any scale. */
export class MaskStrokes {
  /** @type {Act[]} */
  #done = [];
  /** @type {Act[]} */
  #undone = [];

  /** Whether nothing is painted because nothing was, or all was cleared. */
  get isEmpty() {
    return (this.#done.at(-1)?.kind ?? "clear") === "clear";
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /** @param {Act} act */
  add(act) {
    this.#done.push(act);
    this.#undone = [];
  }

  undo() {
    const act = this.#done.pop();
    if (act) this.#undone.push(act);
  }

  redo() {
    const act = this.#undone.pop();
    if (act) this.#done.push(act);
  }

  /**
   * Paints what is to be drawn anew, opaque on a canvas that is transparent.
   * @param {CanvasRenderingContext2D} context
   * @param {number} scale Pixels of the canvas for one of the picture.
   */
  paint(context, scale) {
    for (const act of this.#done) {
      if (act.kind === "stroke") paintStroke(context, scale, act);
      else if (act.kind === "invert") fill(context, "xor");
      else if (act.kind === "clear") fill(context, "destination-out");
      else paintMask(context, act.image);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} scale
 * @param {Stroke} stroke
 * @param {number} [from] The first point that is painted.
 */
export function paintStroke(context, scale, { erases, width, points }, from = 0) {
  const [start, ...rest] = points.slice(from);
  if (!start) return;
  context.save();
  context.globalCompositeOperation = erases ? "destination-out" : "source-over";
  context.scale(scale, scale);
  context.lineCap = "round";
  context.lineJoin = "round";
  context.lineWidth = width;
  context.beginPath();
  context.arc(...start, width / 2, 0, 2 * Math.PI);
  context.fill();
  context.beginPath();
  context.moveTo(...start);
  for (const point of rest) context.lineTo(...point);
  context.stroke();
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {GlobalCompositeOperation} operation
 */
function fill(context, operation) {
  const { width, height } = context.canvas;
  context.save();
  context.globalCompositeOperation = operation;
  context.fillRect(0, 0, width, height);
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ImageBitmap} image
 */
function paintMask(context, image) {
  const { width, height } = context.canvas;
  fill(context, "source-over");
  context.save();
  context.globalCompositeOperation = "destination-out";
  context.imageSmoothingEnabled = image.width > width;
  context.drawImage(image, 0, 0, width, height);
  context.restore();
}
