// @ts-check
import { ApiError } from "../api/errors.js";
/** @import { MaskStrokes } from "./mask-strokes.js" */

/** Rows that are looked at together: the pixels of a large picture at once would take its memory twice. */
const rows = 256;

/**
 * A mask as `POST /v1/images/edits` takes it: a PNG of the picture's size, transparent where it is to be drawn anew. Rejects with an
 * `ApiError` when no pixel of it is.
 * @param {MaskStrokes} strokes
 * @param {{ width: number, height: number }} picture
 */
export async function maskFile(strokes, { width, height }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw tooLarge(width, height);
  strokes.paint(context, 1);
  context.globalCompositeOperation = "source-out";
  context.fillRect(0, 0, width, height);
  if (!hasHole(context)) {
    const message =
      "No pixel of the mask is painted. Paint what is to be drawn anew, or clear the mask to draw over the whole picture.";
    throw new ApiError({ message, param: "mask" });
  }
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw tooLarge(width, height);
  return new File([blob], "mask.png", { type: blob.type });
}

/** @param {CanvasRenderingContext2D} context */
function hasHole(context) {
  const { width, height } = context.canvas;
  for (let top = 0; top < height; top += rows) {
    const { data } = context.getImageData(0, top, width, Math.min(rows, height - top));
    for (let at = 3; at < data.length; at += 4) if (data[at] === 0) return true;
  }
  return false;
}

/**
 * @param {number} width
 * @param {number} height
 */
function tooLarge(width, height) {
  const message = `This browser makes no mask of ${width} × ${height} pixels. Choose a smaller picture.`;
  return new ApiError({ message, param: "mask" });
}
