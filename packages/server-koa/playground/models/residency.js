// @ts-check
import { shownBytes } from "../shown-bytes.js";
import { shownTime } from "../shown-time.js";
/** @import { Model } from "../api/models.js" */

/**
 * Where a model is: `state` for its mark, `word` for people, and `next`, what comes of it.
 * @typedef {{ state: string, word: string, next: string }} Residency
 */

/**
 * @param {Model} model
 * @returns {Residency}
 */
export function residencyOf(model) {
  const { state, progress, memory, waiting = 0 } = model;
  if (state === "failed") return { state, word: "Cannot be served", next: "" };
  if (state === "loading")
    return { state, word: progress ? "Downloading" : "Loading", next: launcherOf(model) };
  const parts = isOpen(model) ? ["In memory", shownBytes(memory?.leased ?? 0)] : ["Not in memory"];
  if (waiting > 0) parts.push(`${waiting} waiting`);
  const next = [launcherOf(model), isOpen(model) ? endOf(model) : beginningOf(model)];
  return {
    state: isOpen(model) ? "loaded" : "asleep",
    word: parts.join(", "),
    next: next.filter(Boolean).join(" "),
  };
}

/** @param {Model} model */
export function isPinned({ keepAlive }) {
  return keepAlive === Infinity;
}

/**
 * Whether what is shown of a model will soon be another.
 * @param {Model} model
 */
export function isMoving(model) {
  const { state, idle, waiting = 0 } = model;
  if (state !== "ready") return state === "loading";
  return waiting > 0 || idle === undefined || (isOpen(model) && secondsLeft(model) < 60);
}

/** @param {Model} model */
export function isOpen({ graphs = [] }) {
  return graphs.some(({ open }) => open);
}

/** @param {Model} model */
function launcherOf({ onDemand }) {
  return onDemand ? "A request launched it." : "";
}

/** @param {Model} model */
function beginningOf(model) {
  return isPinned(model)
    ? "The next request opens it, and it stays then: it is pinned."
    : "The next request opens it.";
}

/** @param {Model} model */
function endOf(model) {
  if (isPinned(model)) return "It stays: it is pinned.";
  const verb = model.onDemand ? "is unloaded" : "closes";
  if (model.idle !== undefined)
    return `It ${verb} in ${shownTime(secondsLeft(model))} without a request.`;
  return `It is at work, and ${verb} ${shownTime(model.keepAlive ?? 0)} after that.`;
}

/** @param {Model} model */
function secondsLeft({ keepAlive = Infinity, idle = 0 }) {
  return Math.max(0, keepAlive - idle);
}
