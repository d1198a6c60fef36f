// @ts-check
import { ServerGone } from "../api/errors.js";
/** @import { Drawing } from "./drawing.js" */

/**
 * Where a drawing without its pictures stands, in words: the first are read aloud by screen readers, the second are not.
 * @param {Drawing} drawing
 * @param {number} before Drawings of this page that were asked for earlier.
 * @returns {[words: string, step: string]}
 */
export function wordsOf({ state, place, steps, problem }, before) {
  if (state === "held" && before === 0) return ["Waiting", "until the server is back"];
  if (state === "held") return ["Waiting", `${before} of yours before it`];
  if (state === "sent") return ["Asking", ""];
  if (state === "waiting") return ["Waiting", `place ${place} in the queue`];
  if (state === "starting") return ["Getting ready", "the first picture opens the model"];
  if (state === "drawing") return ["Drawing", `step ${steps.done} of ${steps.total}`];
  if (state === "cancelled") return ["Cancelled", ""];
  // The form shows every other error.
  return [problem instanceof ServerGone ? "Not drawn: the server went away" : "Not drawn", ""];
}
