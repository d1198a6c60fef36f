// @ts-check
import { paintStroke } from "./mask-strokes.js";
/** @import { MaskStrokes, Stroke } from "./mask-strokes.js" */

/** Shows a mask as stripes of two colours, which stand out from any picture. */
export class MaskCanvas {
  #canvas;
  #context;
  /** The mask without its stripes. */
  #layer;
  #longest;
  #scale = 1;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} longest Pixels of its longer side.
   */
  constructor(canvas, longest) {
    this.#canvas = canvas;
    this.#longest = longest;
    this.#context = contextOf(canvas);
    this.#layer = contextOf(document.createElement("canvas"));
  }

  /**
   * @param {MaskStrokes} strokes
   * @param {{ width: number, height: number }} picture
   */
  show(strokes, { width, height }) {
    this.#scale = this.#longest / Math.max(width, height);
    for (const canvas of [this.#canvas, this.#layer.canvas]) {
      canvas.width = Math.max(1, Math.round(width * this.#scale));
      canvas.height = Math.max(1, Math.round(height * this.#scale));
    }
    strokes.paint(this.#layer, this.#scale);
    this.#stripe();
  }

  /**
   * Adds what is new of a stroke.
   * @param {Stroke} stroke
   * @param {number} from The first point that is new.
   */
  extend(stroke, from) {
    paintStroke(this.#layer, this.#scale, stroke, Math.max(0, from - 1));
    this.#stripe();
  }

  /** The share of the picture that is painted, from 0 to 1. */
  get share() {
    const { width, height } = this.#layer.canvas;
    const { data } = this.#layer.getImageData(0, 0, width, height);
    let sum = 0;
    for (let at = 3; at < data.length; at += 4) sum += data[at] ?? 0;
    return sum / 255 / (width * height);
  }

  /**
   * Whether a point of the picture is painted.
   * @param {readonly [x: number, y: number]} point
   */
  has([x, y]) {
    const { data } = this.#layer.getImageData(x * this.#scale, y * this.#scale, 1, 1);
    return (data[3] ?? 0) > 127;
  }

  #stripe() {
    const { width, height } = this.#canvas;
    const context = this.#context;
    context.globalCompositeOperation = "copy";
    context.drawImage(this.#layer.canvas, 0, 0);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = stripesFor(context, this.#longest);
    context.fillRect(0, 0, width, height);
  }
}

/**
 * Diagonal stripes, 64 of them along the longer side.
 * @param {CanvasRenderingContext2D} context
 * @param {number} longest
 */
function stripesFor(context, longest) {
  const side = Math.max(4, Math.round(longest / 64));
  const tile = contextOf(
    Object.assign(document.createElement("canvas"), { width: side, height: side }),
  );
  tile.fillStyle = "#c2185b";
  tile.fillRect(0, 0, side, side);
  tile.strokeStyle = "#ffd6e6";
  tile.lineWidth = side / 4;
  for (const shift of [-side, 0, side]) {
    tile.beginPath();
    tile.moveTo(shift - side, side * 2);
    tile.lineTo(shift + side * 2, -side);
    tile.stroke();
  }
  return /** @type {CanvasPattern} */ (context.createPattern(tile.canvas, "repeat"));
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return /** @type {CanvasRenderingContext2D} */ (context);
}
