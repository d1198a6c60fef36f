/** Resolves in the next turn of the event loop, so that waiting I/O is served first. */
export { setImmediate as nextTurn } from "node:timers/promises";
